"""Boxes and masks of what a picture shows, with the networks that stay loaded for the next one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from extensions.invokeai.context.progress import let_others
from extensions.invokeai.fields.point_values import SAMPointLabel, SAMPointsField
from extensions.invokeai.fields.values import BoundingBoxField
from pipelines.plugin import (
    GroundingDino,
    Holder,
    SegmentAnything,
    grounding_dino_folder,
    kept_network,
    segment_anything_home,
)

if TYPE_CHECKING:
    from PIL.Image import Image
    from torch import Tensor

    from extensions.invokeai.context.context import InvocationContext

Mask = NDArray[np.bool_]
Point = tuple[float, float, int]
MOST_THINGS = 1000
"""Most things in one picture; Grounding DINO finds 900 at most."""
MOST_POINTS = 256
"""Most points for one thing: the memory that the network needs for it grows with them."""
FIELD = "model"
SIZES = {
    "segment-anything-base": "vit_b",
    "segment-anything-large": "vit_l",
    "segment-anything-huge": "vit_h",
}
LABELS = {SAMPointLabel.negative: 0, SAMPointLabel.positive: 1}
"""The network's numbers of labels; neutral points are left out."""


def named_boxes(
    context: InvocationContext, image: Image, prompt: str, threshold: float
) -> list[BoundingBoxField]:
    """Boxes around what a prompt names, surest first. Raises MissingWeights, CorruptFile."""
    services = context.services.work.services
    place = grounding_dino_folder(services.settings.folders, field=FIELD)
    holder, device = Holder(), services.residency.device
    finder = kept_network(
        services.weights,
        place,
        lambda: GroundingDino(place, device, field=FIELD),
        holder=holder,
        field=FIELD,
    )
    words = prompt if prompt.endswith(".") else f"{prompt}."
    return [
        BoundingBoxField(
            x_min=int(one.box[0]),
            y_min=int(one.box[1]),
            x_max=int(one.box[2]),
            y_max=int(one.box[3]),
            score=min(max(one.score, 0.0), 1.0),
        )
        for one in finder.find(image, words, box_threshold=threshold)
    ]


def meant_mask(
    context: InvocationContext,
    image: Image,
    model: str,
    *,
    boxes: Sequence[BoundingBoxField],
    points: Sequence[SAMPointsField],
    outline: bool,
    which: str,
) -> Tensor:
    """(1, h, w), True where the things are that boxes and points mean, one by one.

    ``outline``: each is one piece without holes. ``which`` of them count: ``all``, the ``largest`` or that of
    the ``highest_box_score``. Raises ValueError, MissingWeights, CorruptFile, CanceledException.
    """
    said = [_points(one) for one in points]
    _require_few(len(boxes), said)
    if which == "highest_box_score" and (boxes or said):
        surest = _surest(boxes, len(said))
        boxes, said = boxes[surest], said[surest]
    chosen, most = np.zeros((image.height, image.width), np.bool_), 0
    for found in _masks(context, image, model, boxes, said):
        mask = outlined(found) if outline else found
        if which == "largest":
            size = int(mask.sum())
            chosen, most = (mask, size) if size > most else (chosen, most)
        else:
            chosen |= mask
    return torch.from_numpy(chosen)[None]


def _masks(
    context: InvocationContext,
    image: Image,
    model: str,
    boxes: Sequence[BoundingBoxField],
    points: Sequence[Sequence[Point]],
) -> Iterator[Mask]:
    """The mask of each thing, all readings joined. Other jobs go on between them."""
    if not boxes and not points:
        return
    if model not in SIZES:
        raise ValueError(f"{model} is not run here: {', '.join(SIZES)} are")
    services = context.services.work.services
    place = segment_anything_home(services.settings.folders, SIZES[model], field=FIELD)
    holder, device = Holder(), services.residency.device
    cutter = kept_network(
        services.weights,
        place,
        lambda: SegmentAnything(place, device, field=FIELD),
        holder=holder,
        field=FIELD,
    )
    corners = [box.tuple() for box in boxes]
    for one in cutter.each_mask(image, boxes=corners, points=points, readings=True):
        yield np.logical_or.reduce(one.masks)
        let_others(context.services)


def _require_few(boxes: int, points: Sequence[Sequence[Point]]) -> None:
    """Raise ValueError for more than can be looked at."""
    for name, count in (("bounding_boxes", boxes), ("point_lists", len(points))):
        if count > MOST_THINGS:
            raise ValueError(f"{count} {name} are more than the {MOST_THINGS} that are masked in one picture")
    longest = max(map(len, points), default=0)
    if longest > MOST_POINTS:
        raise ValueError(f"{longest} points are more than the {MOST_POINTS} that may mean one thing")


def _points(field: SAMPointsField) -> list[Point]:
    """The points that are not neutral. Raises ValueError if there are none."""
    said = [(float(p.x), float(p.y), LABELS[p.label]) for p in field.points if p.label in LABELS]
    if not said:
        raise ValueError("points need one among them that is positive or negative")
    return said


def _surest(boxes: Sequence[BoundingBoxField], points: int) -> slice:
    """The place of the box with the highest score. Raises ValueError where there are none."""
    if len(boxes) < points:
        raise ValueError("Bounding boxes must be provided to use the 'highest_box_score' mask filter.")
    scores = [-1.0 if box.score is None else box.score for box in boxes]
    first = scores.index(max(scores))
    return slice(first, first + 1)


def outlined(mask: Mask) -> Mask:
    """The largest piece of a mask, without holes."""
    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not outlines:
        return mask
    canvas = np.zeros(mask.shape, np.uint8)
    cv2.fillPoly(canvas, [max(outlines, key=cv2.contourArea)], (1,))
    return canvas.astype(np.bool_)
