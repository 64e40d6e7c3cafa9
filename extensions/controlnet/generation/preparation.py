"""Make the units of a request ready: their models, their pictures, their maps or embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from numpy.random import RandomState

from extensions.controlnet.control.networks.patches import tell_shared_maps
from extensions.controlnet.generation.model_checks import check_kinds, kind_of
from extensions.controlnet.image_prompts.instant_id import with_token_sources
from extensions.controlnet.image_prompts.layout import file_layout
from extensions.controlnet.image_prompts.services import (
    prepare_adapter_unit,
    prepare_revision_unit,
    prepare_style_unit,
)
from extensions.controlnet.maps.damage import naming
from extensions.controlnet.maps.run import run_preprocessor
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.prepare.prepared import PreparedUnit, TargetSizes, prepare_unit
from extensions.controlnet.preprocessors.effects import RepaintEffect, RevisionEffect
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import PREPROCESSORS
from extensions.controlnet.units.catalog import ControlFile, control_folders, require_file
from extensions.controlnet.units.detect import ControlKind
from extensions.controlnet.units.options import ControlNetOptions
from extensions.controlnet.units.pictures import Array
from extensions.controlnet.units.spellings import HiresOption
from extensions.controlnet.units.unit import Unit
from pipelines.plugin import Work, report

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob


EMBEDDED = frozenset({ControlKind.IP_ADAPTER, ControlKind.T2I_STYLE})
"""Kinds whose units have embeddings in place of maps."""


def prepare_units(job: GenerationJob, units: Sequence[Unit]) -> Work[list[PreparedUnit]]:
    """Prepare the units one by one, with a pause before each.

    Raises InvalidRequest, UnsupportedModel, MissingWeights naming the unit's field.
    """
    made: list[PreparedUnit] = []
    try:
        for unit in units:
            yield from report(text=f"ControlNet: {unit.preprocessor.title}")
            made.append(_prepare(job, _as_meant(job, unit)))
    finally:
        job.reporter.text(None)
    prepared = with_token_sources(made, file_layout)
    tell_shared_maps(job, prepared)
    return prepared


def _as_meant(job: GenerationJob, unit: Unit) -> Unit:
    """A unit as the request lets it act.

    ``hr_option`` counts in hires fix only; some that repaint leave an img2img request's mask to the request.
    """
    if job.plan.hires is None:
        unit = replace(unit, hr_option=HiresOption.BOTH)
    source = job.request.img2img
    effect = unit.preprocessor.effect
    if source is None or source.inpaint is None or not isinstance(effect, RepaintEffect):
        return unit
    if not effect.under_mask:
        return unit
    old, new = unit.preprocessor, PREPROCESSORS[effect.under_mask]
    job.warn(f"{unit.field}: the request has a mask of its own, {old.key} counts as {new.key}")
    return replace(unit, preprocessor=new, module=new.key)


def _prepare(job: GenerationJob, unit: Unit) -> PreparedUnit:
    model = _model_file(job, unit)
    check_kinds(unit, model)
    with naming(f"{unit.field}.module"):
        if model is not None and model[1] is ControlKind.IP_ADAPTER:
            return prepare_adapter_unit(job, unit, model[0], job_sizes(job).base)
        if model is not None and model[1] is ControlKind.T2I_STYLE:
            return prepare_style_unit(job, unit, model[0])
        if isinstance(unit.preprocessor.effect, RevisionEffect):
            return prepare_revision_unit(job, unit)
        prepared = prepare_unit(
            unit,
            job.request,
            job_sizes(job),
            model=model,
            preprocess=partial(_preprocessed, job),
            random=_seeded_random(job),
        )
    if prepared.repaints and not prepared.masked:
        job.warn(f"{_mask_place(job, unit)}: the mask is blank, so that nothing is repainted")
    return prepared


def _mask_place(job: GenerationJob, unit: Unit) -> str:
    """The field of the mask that a unit repaints: its own, or the request's."""
    source = job.request.img2img
    lent = not unit.sources and source is not None and source.inpaint is not None
    return "mask.picture" if lent else f"{unit.field}.mask"


def _seeded_random(job: GenerationJob) -> RandomState:
    """The random state of an engine's preprocessors, seeded anew for each unit as in the original."""
    seeds = job.request.seeds
    # the original counts a subseed that is not given as the seed, and asks for no strength
    subseed = seeds.seed if seeds.random_subseed else seeds.subseed
    job.services.random.seed((seeds.seed + subseed) % 2**32)
    return job.services.random


def _preprocessed(job: GenerationJob, preprocessor: Preprocessor, array: Array, parameters: Sliders) -> Array:
    return run_preprocessor(preprocessor, array, parameters, job.services, job.request.options)


def job_sizes(job: GenerationJob) -> TargetSizes:
    """The sizes that maps are fitted to, whole cells of the latent."""
    latents = job.loaded.latents
    base = (latents.whole(job.plan.width), latents.whole(job.plan.height))
    hires = job.plan.hires
    if hires is None:
        return TargetSizes(base=base)
    width = latents.whole(hires.upscale_width) - latents.whole(hires.truncate_x)
    height = latents.whole(hires.upscale_height) - latents.whole(hires.truncate_y)
    return TargetSizes(base=base, hires=(width, height))


def _model_file(job: GenerationJob, unit: Unit) -> tuple[ControlFile, ControlKind] | None:
    """The unit's model, known to be of a kind that runs. Raises InvalidRequest."""
    if unit.preprocessor.model_free:
        return None
    field = f"{unit.field}.model"
    settings = job.services.settings
    known = settings.folders
    option = ControlNetOptions.of(job.request.options).control_net_models_path
    given = option.strip('"')
    places = known.places
    named = (places.readable_place(given, field="options.control_net_models_path"),) if given else ()
    folders = control_folders(known.models, known.data, settings.extension_flags, named)
    file = require_file(unit.model, folders, field=field)
    return file, kind_of(file, field=field)
