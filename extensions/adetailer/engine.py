"""ADetailer's hooks in a generation: units are checked first, and repaint every finished picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PIL import Image

from extensions.adetailer.detect.load import require_detector
from extensions.adetailer.options import ADetailerOptions
from extensions.adetailer.repaint.request import Repainting, repainting
from extensions.adetailer.repaint.work import SPENT, repaint_things
from extensions.adetailer.units.infotext import VERSION, write_unit
from extensions.adetailer.units.parse import read_arguments
from extensions.adetailer.units.script import TITLE
from extensions.adetailer.units.unit import DetailUnit
from pipelines.plugin import InvalidRequest, PictureHook, Work, decode_picture, hook

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob, Plan

UNITS, SKIPS = "adetailer units", "adetailer skips img2img"


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
    job.extension_state[UNITS] = made
    source = job.request.img2img
    if made and arguments.skip_img2img and source is not None and source.inpaint is None:
        return _without_img2img(job)
    return None


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
    job.extension_state[SKIPS] = True
    job.add_pairs({"Steps": job.request.steps})
    return replace(job.plan, request=replace(job.request, steps=1, denoising_strength=0.0))


@hook
def after_faces(job: GenerationJob) -> PictureHook | None:
    """Repaint everything that the units find, unit after unit."""
    units: Sequence[Repainting] = job.extension_state.get(UNITS, ())
    if not units:
        return None

    def detail(picture: Image.Image, index: int) -> Work[Image.Image]:
        picture = _init_picture(job, picture, index)
        for unit in units:
            picture = yield from repaint_things(job, unit, picture, index)
        return picture

    return detail


def _init_picture(job: GenerationJob, picture: Image.Image, index: int) -> Image.Image:
    """The picture that img2img began with, where its pass is skipped."""
    source = job.request.img2img
    if source is None or not job.extension_state.get(SKIPS):
        return picture
    data = source.images[index % len(source.images)]
    return decode_picture(data, field="start.images").convert(picture.mode)


@hook
def end_job(job: GenerationJob) -> None:
    """Forget the job's units; detectors stay for the next job."""
    for key in (UNITS, SKIPS, SPENT):
        job.extension_state.pop(key, None)
