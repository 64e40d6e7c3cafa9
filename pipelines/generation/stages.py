"""The stages that every batch of a job goes through, in the order that its model family names."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Protocol, cast

from pipelines.denoising.work import Work
from pipelines.generation.batch import Batch
from pipelines.generation.job import GenerationJob

OURS = {
    "start": "pipelines.generation.start.begin:start",
    "sample": "pipelines.generation.sampling:sample",
    "enlarge": "pipelines.generation.enlarge.hires:enlarge",
    "decode": "pipelines.generation.decode:decode",
    "finish": "pipelines.generation.finishing.finish:finish",
}
"""Places of the stages of ``pipelines.families.base.STAGES``; each is imported when first needed."""


class BatchStage(Protocol):
    """A part of the way from a batch's number to its finished pictures."""

    def __call__(self, job: GenerationJob, batch: Batch, /) -> Work[Batch]: ...


def run_stages(job: GenerationJob, batch: Batch, names: tuple[str, ...]) -> Work[Batch]:
    """Carry a batch through stages: ours by their names, those of families as ``module:function``."""
    for name in names:
        batch = yield from _stage(name)(job, batch)
    return batch


@lru_cache
def _stage(name: str) -> BatchStage:
    """The function of that name. ImportError or AttributeError if there is none."""
    module, _, function = OURS.get(name, name).partition(":")
    return cast("BatchStage", getattr(import_module(module), function))
