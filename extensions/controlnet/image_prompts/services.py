"""Units with embeddings in an engine: prepared by its networks, and their adapters loaded and kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from extensions.controlnet.control.injection.strength import Clock
from extensions.controlnet.image_prompts.adapter import IPAdapter, load_adapter
from extensions.controlnet.image_prompts.embed import embed_picture
from extensions.controlnet.image_prompts.hook import ImagePromptHook
from extensions.controlnet.image_prompts.layout import file_layout
from extensions.controlnet.image_prompts.revision import prepare_revision
from extensions.controlnet.image_prompts.style_units import prepare_style
from extensions.controlnet.image_prompts.units import prepare_adapter
from extensions.controlnet.job_state import holder_of, progress_of
from extensions.controlnet.maps.embedding import ImageEmbedding, PictureEmbedding
from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.catalog import ControlFile
from extensions.controlnet.units.options import ControlNetOptions
from extensions.controlnet.units.pictures import Array
from extensions.controlnet.units.unit import Unit
from pipelines.plugin import InvalidRequest, LoadedModel, stamp

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob

ADAPTERS_KEY = "controlnet ip-adapters"


def prepare_adapter_unit(
    job: GenerationJob, unit: Unit, file: ControlFile, size: tuple[int, int]
) -> PreparedUnit:
    """A unit whose model is an IP-Adapter. Raises InvalidRequest, UnsupportedModel, MissingWeights."""
    layout = file_layout(file.path)
    return prepare_adapter(unit, job.request, size, file=file, layout=layout, embed=partial(_embed, job))


def prepare_style_unit(job: GenerationJob, unit: Unit, file: ControlFile) -> PreparedUnit:
    """A unit whose model is a T2I style adapter. Raises InvalidRequest, MissingWeights."""
    return prepare_style(unit, job.request, file=file, embed=partial(_clip, job))


def prepare_revision_unit(job: GenerationJob, unit: Unit) -> PreparedUnit:
    """A unit that replaces the pooled text embedding. Raises InvalidRequest, MissingWeights."""
    return prepare_revision(unit, job.request, embed=partial(_clip, job))


def _embed(
    job: GenerationJob, preprocessor: Preprocessor, picture: Array, resolution: float
) -> PictureEmbedding:
    return embed_picture(preprocessor, picture, job.services, job.request.options, resolution=resolution)


def _clip(job: GenerationJob, preprocessor: Preprocessor, picture: Array) -> ImageEmbedding:
    made = _embed(job, preprocessor, picture, 0)
    if not isinstance(made, ImageEmbedding):
        raise TypeError(f"{preprocessor.key} answers {type(made).__name__}, which is not what CLIP sees")
    return made


def adapter_hook(job: GenerationJob, units: Sequence[PreparedUnit], clock: Clock) -> ImagePromptHook:
    """Return the hook that adds the units' image tokens to one pass of a job."""
    return ImagePromptHook(
        units=units,
        progress=partial(progress_of, job),
        adapter=lambda unit, model: _adapter(job, unit, model, len(units)),
        clock=clock,
    )


def _adapter(job: GenerationJob, unit: PreparedUnit, model: LoadedModel, count: int) -> IPAdapter:
    """A unit's adapter; as many are kept as control networks."""
    if unit.file is None:
        raise InvalidRequest("this module takes no model", field=f"{unit.unit.field}.model")
    path, field = unit.file.path, f"{unit.unit.field}.model"
    return job.services.weights.get(
        ADAPTERS_KEY,
        (path, stamp(path), model.path),
        lambda: load_adapter(path, model, field=field),
        files=(path,),
        most=max(ControlNetOptions.of(job.request.options).control_net_model_cache_size, count),
        holder=holder_of(job),
        blamed=field,
    )
