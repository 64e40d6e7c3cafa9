"""Change the checkpoint of a running job; not all that was put on the former one outlives that."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from pipelines.contract.errors import InvalidRequest
from pipelines.families.model import LoadedModel
from pipelines.families.patches import NO_PATCHES
from pipelines.generation.job import GenerationJob


def use_checkpoint(job: GenerationJob, path: str) -> None:
    """Make a file the checkpoint in use before a pass; see ``change_checkpoint``."""
    former = job.loaded
    job.model = change_checkpoint(job, path)
    if job.model.path != former.path:
        job.patches = replace(job.patches or NO_PATCHES, tiling=False, networks=(), hypernetworks=())


def change_checkpoint(job: GenerationJob, path: str) -> LoadedModel:
    """Load what takes the place of the checkpoint in use, and note what ends with that. Raises SdapiError.

    In A1111 tiling ends with the first change of weights. Weights of another kind come in a new network,
    on which there are neither networks nor token merging nor HyperTile.
    """
    former = job.loaded
    model = job.services.load_checkpoint(path, job.request.options, job.warn)
    if model.path != former.path:
        job.tiling = False
        job.shapes_attention = job.shapes_attention and same_kind(model, former)
    return model


def check_latents(former: LoadedModel, model: LoadedModel, *, field: str) -> None:
    """Raise InvalidRequest for a checkpoint whose latents have another shape than those there are."""
    one, other = former.latents, model.latents
    if (one.channels, one.cell) != (other.channels, other.cell):
        text = f"{model.name} takes latents of {other.channels} channels, {former.name} makes {one.channels}"
        raise InvalidRequest(text, field=field)


def same_kind(one: LoadedModel, other: LoadedModel) -> bool:
    """Whether A1111 would load the weights of both into one and the same network."""
    return _kind(one) == _kind(other)


def _kind(model: LoadedModel) -> Hashable:
    config = model.path.with_suffix(".yaml")
    return model.family, model.conditioning, model.noise.predicts, config if config.is_file() else None
