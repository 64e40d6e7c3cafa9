"""ADetailer's hooks in a generation: units are checked first, and repaint every finished picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PIL import Image

from extensions.adetailer.detect.load import require_detector
from extensions.adetailer.options import ADetailerOptions
from extensions.adetailer.repaint.request import Repainting, repainting
from extensions.adetailer.repaint.work import repaint_things
from extensions.adetailer.units.infotext import VERSION, write_unit
from extensions.adetailer.units.parse import read_arguments
from extensions.adetailer.units.script import TITLE
from extensions.adetailer.units.unit import DetailUnit
from pipelines.plugin import InvalidRequest, PictureHook, Work, decode_picture, hook

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRepainting:
    """The units of one job. ``from_init``: they repaint the init pictures, as img2img is skipped."""

    units: Sequence[Repainting]
    from_init: bool


@hook
def plan_hook(job: GenerationJob) -> Plan | None:
    """Read the units, write their infotexts, look up what they name. Raises InvalidRequest."""
    args = [arg for call in job.request.always_on if call.name == TITLE for arg in call.args]
    arguments = read_arguments(args, job.warn)
    for index, unit in enumerate(arguments.units):
        job.add_pairs(write_unit(unit, index))
    if not arguments.units:
        return None
    job.add_pairs({"ADetailer version": VERSION})
    made = [one for unit in arguments.units if (one := _made(job, unit)) is not None]
    source = job.request.img2img
    skips = bool(made and arguments.skip_img2img and source is not None and source.inpaint is None)
    job.store.put(JobRepainting(units=made, from_init=skips))
    return _without_img2img(job) if skips else None


def _made(job: GenerationJob, unit: DetailUnit) -> Repainting | None:
    """A unit ready to act; None for one that can't, where an option allows to go on without it."""
    try:
        require_detector(job, unit.model, f"{unit.place}.ad_model")
        return repainting(job, unit)
    except InvalidRequest as error:
        if not ADetailerOptions.of(job.request.options).adetailer_lenient:
            raise
        job.warn(f"made without ADetailer's unit {unit.place}: {error.message}")
        return None


def _without_img2img(job: GenerationJob) -> Plan:
    """One step that changes nothing in place of the pass; infotexts keep the steps of the repainting."""
    job.add_pairs({"Steps": job.request.steps})
    return replace(job.plan, request=replace(job.request, steps=1, denoising_strength=0.0))


@hook
def after_faces(job: GenerationJob) -> PictureHook | None:
    """Repaint everything that the units find, unit after unit."""
    kept = job.store.get(JobRepainting)
    if kept is None or not kept.units:
        return None

    def detail(picture: Image.Image, index: int) -> Work[Image.Image]:
        picture = _init_picture(job, picture, index) if kept.from_init else picture
        for unit in kept.units:
            picture = yield from repaint_things(job, unit, picture, index)
        return picture

    return detail


def _init_picture(job: GenerationJob, picture: Image.Image, index: int) -> Image.Image:
    """The picture that img2img began with, where its pass is skipped."""
    source = job.request.img2img
    if source is None:
        return picture
    data = source.images[index % len(source.images)]
    return decode_picture(data, field="start.images").convert(picture.mode)
