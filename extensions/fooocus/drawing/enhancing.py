"""Enhance: a picture varied or enlarged, and things in it found and drawn again, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from extensions.fooocus.drawing.asking import asked
from extensions.fooocus.drawing.canvas import DrawingStart, upscale_canvas
from extensions.fooocus.drawing.finding import found_mask
from extensions.fooocus.drawing.masks import Mask, binary, changed
from extensions.fooocus.drawing.metadata import begin_hashes
from extensions.fooocus.drawing.reading import as_png, flat
from extensions.fooocus.drawing.refining import drawn_with_refiner
from extensions.fooocus.drawing.repainting import inpaint_canvas
from extensions.fooocus.kinds import EnhanceStep, EnhanceWish, FooocusRequest
from pipelines.plugin import Work, pause, paused, report

if TYPE_CHECKING:
    from pipelines.plugin import WorkContext

FIELD = "enhance_input_image"
NOTHING = "enhance_ctrlnets: nothing is to be enhanced, so the picture is as it was"
UNSEEN = "{}: nothing was found, so nothing was drawn again"
NOTHING_LEFT = "{}: nothing is left of the mask once it is shrunk or turned round, so nothing was drawn again"
Warn = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnhancedPicture:
    """A picture after its enhancement; ``drawn``: a checkpoint had a part in it."""

    image: Image.Image
    drawn: bool = False


@dataclass(slots=True, kw_only=True)
class _Enhancing:
    """A picture between its stages."""

    request: FooocusRequest
    wish: EnhanceWish
    number: int
    context: WorkContext
    warn: Warn
    image: Image.Image
    drawn: bool = False


def stages_of(request: FooocusRequest, wish: EnhanceWish) -> int:
    """Most times that one picture is drawn; at least 1."""
    return max(1, len(wish.steps) + (request.upscale is not None))


def enhanced_picture(
    request: FooocusRequest, wish: EnhanceWish, number: int, context: WorkContext, warn: Warn
) -> Work[EnhancedPicture | None]:
    """Picture ``number`` of a job; None if it was stopped."""
    picture = flat(wish.image, field=FIELD)
    if request.upscale is None and not wish.steps:
        warn(NOTHING)
    state = _Enhancing(request=request, wish=wish, number=number, context=context, warn=warn, image=picture)
    stages: list[EnhanceStep | None] = [*wish.steps]
    if request.upscale is not None:
        stages = [*stages, None] if wish.upscale_last else [None, *stages]
    for stage in stages:
        whole = yield from (_upscaled(state) if stage is None else _redrawn(state, stage))
        if not whole or context.control.interrupted:
            return None
    return EnhancedPicture(image=state.image, drawn=state.drawn)


def mask_pictures(
    request: FooocusRequest, wish: EnhanceWish, context: WorkContext, warn: Warn
) -> Work[list[Image.Image]]:
    """The masks of all steps, as debugging shows them."""
    picture = flat(wish.image, field=FIELD)
    shown: list[Image.Image] = []
    for step in wish.steps:
        yield from pause()
        mask = yield from found_mask(picture, step.mask, context, warn)
        if context.control.interrupted:
            return shown
        covered = _covered(binary(np.asarray(mask)), step)
        shown.append(Image.fromarray(covered).convert("RGB"))
        yield from report(batch_done=True)
    if not shown:
        warn(NOTHING)
    return shown or [picture]


def _upscaled(state: _Enhancing) -> Work[bool]:
    """Vary or enlarge the picture; False if it was stopped."""
    request, wish = state.request, state.request.upscale
    assert wish is not None
    shown = replace(wish, image=as_png(state.image))
    canvas = yield from paused(upscale_canvas(request, shown, state.context.services, state.warn))
    said = [step for step in state.wish.steps if step.own] if state.wish.last_words else []
    return (yield from _drawn(state, canvas, said[-1] if said else None))


def _redrawn(state: _Enhancing, step: EnhanceStep) -> Work[bool]:
    """Draw again what a step finds; False if it was stopped."""
    yield from report(text="Detecting")
    mask = yield from found_mask(state.image, step.mask, state.context, state.warn)
    if state.context.control.interrupted:
        return False
    found = binary(np.asarray(mask))
    covered = _covered(found, step)
    if not covered.any():
        entry = step.mask.field.rpartition(".")[0]
        state.warn(NOTHING_LEFT.format(entry) if found.any() else UNSEEN.format(step.mask.field))
        yield from report(batch_done=True)
        return True
    inpaint = replace(
        step.inpaint,
        image=as_png(state.image),
        mask=as_png(Image.fromarray(covered)),
        grow=0,
        invert=False,
    )
    canvas = yield from paused(inpaint_canvas(state.request, inpaint, state.context.services, state.warn))
    return (yield from _drawn(state, canvas, step))


def _covered(found: Mask, step: EnhanceStep) -> Mask:
    """The mask that a step draws in, made of that of the found thing."""
    return changed(found, grow=step.inpaint.grow, invert=step.inpaint.invert)


def _drawn(state: _Enhancing, canvas: DrawingStart, step: EnhanceStep | None) -> Work[bool]:
    """Draw the picture from a canvas, with the words of a step; False if it was stopped."""
    if canvas.product:
        state.image = canvas.product[0]
        yield from report(batch_done=True)
        return True
    request, number = state.request, state.number
    picture = request.pictures[number] if step is None else step.pictures[number]
    prompt = request.base.per_picture.prompts[number + (0 if step is None else step.first)]
    generation = asked(request, picture, prompt, canvas)
    begin_hashes(request, state.context.services)
    drawn = yield from drawn_with_refiner(request, generation)
    for warning in drawn.warnings:
        state.warn(warning)
    if not drawn.images:
        return False
    state.image = canvas.finish(flat(drawn.images[0], field=FIELD))
    state.drawn = True
    return True
