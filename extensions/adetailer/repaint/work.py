"""Repaint what a unit finds in a picture, one mask after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from extensions.adetailer.detect.load import load_detector
from extensions.adetailer.masks.choose import chosen
from extensions.adetailer.masks.draw import MaskPixels, draw_masks
from extensions.adetailer.options import ADetailerOptions
from extensions.adetailer.repaint.prompts import MaskPrompt, is_skipped, mask_prompts, of_mask
from extensions.adetailer.repaint.request import Repainting, at_unit
from pipelines.plugin import (
    GenerationRequest,
    InvalidRequest,
    Work,
    apply_styles,
    check_cost,
    cost_of,
    decode_picture,
    encode_picture,
    pause,
    report,
    run_generation,
)

if TYPE_CHECKING:
    from pipelines.plugin import GenerationJob


@dataclass(slots=True)
class RepaintCost:
    """Cost of a job and of all that it has repainted so far, in the units of ``cost_of``."""

    total: float


def repaint_things(
    job: GenerationJob, repainting: Repainting, picture: Image.Image, index: int
) -> Work[Image.Image]:
    """The picture with everything repainted that the unit finds. ``index``: its place in the job.

    Raises InvalidRequest naming the unit's field, and what a generation fails with.
    """
    unit = repainting.unit
    yield from report(text=f"ADetailer: {unit.model}")
    masks = _masks(job, repainting, picture)
    if not masks:
        job.warn(f"{unit.place}: {unit.model} found nothing in picture {index + 1}")
    prompts = mask_prompts(unit.prompt, job.plan.texts.prompts[index])
    negatives = mask_prompts(unit.negative_prompt, job.plan.texts.negative_prompts[index])
    wanted = [number for number in range(len(masks)) if not is_skipped(of_mask(prompts, number))]
    state = job.reporter.state
    job.reporter.job(state.job, batches=state.batch_count + len(wanted))
    for number in wanted:
        if job.control.end_requested():
            break
        step = 0 if ADetailerOptions.of(job.request.options).ad_same_seed_for_each_tab else number
        request = repainting.of(
            encode_picture(picture.convert("RGB"), "png"),
            encode_picture(Image.fromarray(masks[number]), "png"),
            picture.size,
            prompt=_styled(job, of_mask(prompts, number), negative=False),
            negative_prompt=_styled(job, of_mask(negatives, number), negative=True),
            seed=job.seeds[index] + step,
            subseed=job.plan.subseeds[index] + step,
        )
        picture = yield from _repainted(job, repainting, request, picture)
    return picture


def _masks(job: GenerationJob, repainting: Repainting, picture: Image.Image) -> Sequence[MaskPixels]:
    unit = repainting.unit
    detector = load_detector(job, unit.model, f"{unit.place}.ad_model")
    things = detector(np.asarray(picture.convert("RGB")), unit.confidence)
    order = ADetailerOptions.of(job.request.options).ad_bbox_sortby
    return draw_masks(chosen(things, unit, picture.size, order), unit, picture.size)


def _styled(job: GenerationJob, prompt: MaskPrompt, *, negative: bool) -> str:
    """Add the request's styles to a text of the unit's own; the picture's prompt has them already."""
    styles = [style.negative_prompt if negative else style.prompt for style in job.request.styles]
    return apply_styles(prompt.text, styles) if prompt.bare else prompt.text


def _repainted(
    job: GenerationJob, repainting: Repainting, request: GenerationRequest, picture: Image.Image
) -> Work[Image.Image]:
    _count(job, repainting, request)
    yield from pause()
    try:
        result = yield from run_generation(request)
    except InvalidRequest as error:
        raise at_unit(error, repainting.unit) from error
    for warning in result.warnings:
        job.warn(warning)
    if not result.images:
        return picture
    made = decode_picture(result.images[0], field=repainting.unit.place).convert(picture.mode)
    return made if made.size == picture.size else made.resize(picture.size, Image.Resampling.LANCZOS)


def _count(job: GenerationJob, repainting: Repainting, request: GenerationRequest) -> None:
    """Stop where the job with all that it repaints costs more than one may."""
    spent = job.store.keep(RepaintCost, lambda: RepaintCost(cost_of(job.request)))
    check_cost(spent.total + cost_of(request), job.services.settings.limits, field=repainting.unit.place)
    spent.total += cost_of(request)
