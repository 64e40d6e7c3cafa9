"""The stages that every batch of a job goes through, in the order that its model family names."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Protocol, cast

from pipelines.denoising.work import Work
from pipelines.generation.batch import Batch
from pipelines.generation.job import GenerationJob


class BatchStage(Protocol):
    """A part of the way from a batch's number to its finished pictures."""

    def __call__(self, job: GenerationJob, batch: Batch, /) -> Work[Batch]: ...


def run_stages(job: GenerationJob, batch: Batch, names: tuple[str, ...]) -> Work[Batch]:
    """Carry a batch through stages given as ``module:function``."""
    for name in names:
        batch = yield from _stage(name)(job, batch)
    return batch


@lru_cache
def _stage(name: str) -> BatchStage:
    """The function of that name. ImportError or AttributeError if there is none."""
    module, _, function = name.partition(":")
    return cast("BatchStage", getattr(import_module(module), function))
