"""Masks of what a picture shows, with the networks that stay loaded for the next one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PIL import Image, ImageDraw

from extensions.fooocus.masking import SAM, MaskWish
from pipelines.plugin import (
    GroundingDino,
    Holder,
    Saliency,
    SegmentAnything,
    Work,
    grounding_dino_folder,
    kept_network,
    pause,
    saliency_file,
    segment_anything_home,
)

if TYPE_CHECKING:
    from pipelines.plugin import Services, WorkContext

T = TypeVar("T")
Box = tuple[float, float, float, float]
MOST_BOXES = 100
"""Most things that count where a request sets no bound; the published network has 900 boxes."""
MANY = "{}: {} things were found; the surest {} count"


def found_mask(
    picture: Image.Image, wish: MaskWish, context: WorkContext, warn: Callable[[str], None]
) -> Work[Image.Image]:
    """A grey picture, white where the wished thing is; what was found so far if the job is stopped.

    Raises MissingWeights, CorruptFile.
    """
    if wish.model == SAM:
        return (yield from _named(picture, wish, context, warn))
    services = context.services
    path = saliency_file(services.settings.folders, wish.model, field=wish.field)
    load = _loader(services, Holder())
    network = load(path, wish, lambda: Saliency(path, wish.model, field=wish.field))
    yield from pause()
    return network.mask(picture, cloth=wish.cloth)


def _named(
    picture: Image.Image, wish: MaskWish, context: WorkContext, warn: Callable[[str], None]
) -> Work[Image.Image]:
    """The mask of what the words name: boxes around it, and in each the thing itself."""
    folders, device = context.services.settings.folders, context.services.residency.device
    # both are looked for before either is loaded
    words, things = (
        grounding_dino_folder(folders, field=wish.field),
        segment_anything_home(folders, wish.size, field=wish.field),
    )
    load = _loader(context.services, Holder())
    finder = load(words, wish, lambda: GroundingDino(words, device, field=wish.field))
    yield from pause()
    found = finder.find(
        picture, wish.words, box_threshold=wish.box_threshold, text_threshold=wish.text_threshold
    )
    if not wish.most and len(found) > MOST_BOXES:
        warn(MANY.format(wish.field, len(found), MOST_BOXES))
    boxes = [grown(one.box, wish.grow, picture.size) for one in found[: wish.most or MOST_BOXES]]
    if wish.boxes:
        return drawn(boxes, picture.size)
    cutter = load(things, wish, lambda: SegmentAnything(things, device, field=wish.field))
    covered = np.zeros((picture.height, picture.width), dtype=np.bool_)
    masks = cutter.each_mask(picture, boxes=boxes)
    while True:
        yield from pause()
        one = None if context.control.interrupted else next(masks, None)
        if one is None:
            break
        covered |= one.best
    return Image.fromarray(np.where(covered, 255, 0).astype(np.uint8))


def _loader(services: Services, holder: Holder) -> Callable[[Path, MaskWish, Callable[[], T]], T]:
    """A function that loads a network unless it is loaded; it stays as long as the ``holder`` lives."""

    def load(place: Path, wish: MaskWish, make: Callable[[], T]) -> T:
        return kept_network(services.weights, place, make, holder=holder, field=wish.field)

    return load


def grown(box: Box, by: int, size: tuple[int, int]) -> Box:
    """The box with so many pixels more on every side, within the picture."""
    left, top, right, bottom = box
    width, height = size
    left, right = sorted((min(max(left - by, 0.0), width), min(max(right + by, 0.0), width)))
    top, bottom = sorted((min(max(top - by, 0.0), height), min(max(bottom + by, 0.0), height)))
    return left, top, right, bottom


def drawn(boxes: list[Box], size: tuple[int, int]) -> Image.Image:
    """White boxes on black."""
    canvas = Image.new("L", size, 0)
    pen = ImageDraw.Draw(canvas)
    for box in boxes:
        pen.rectangle(box, fill=255)
    return canvas
