"""Find things with a YOLO network: the sure ones, each once, with their outlines."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F
from torchvision.ops import batched_nms

from extensions.adetailer.detect.found import FoundThing, Pixels
from extensions.adetailer.detect.yolo.fitting import Letterbox, letterbox
from extensions.adetailer.detect.yolo.head import YoloAnswer
from extensions.adetailer.detect.yolo.network import YoloNetwork

OVERLAP = 0.7
"""Intersection over union above which boxes of one class are one thing."""
MOST = 300
CANDIDATES = 30_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class YoloDetector:
    """A network on its device; ``classes``: the numbers of those that are wanted, None for all."""

    network: YoloNetwork
    device: torch.device
    classes: frozenset[int] | None = None

    def __call__(self, picture: Pixels, confidence: float) -> list[FoundThing]:
        """Find things with the network, see Detector."""
        x, fitted = letterbox(picture)
        with torch.inference_mode():
            answer = self.network(x.to(self.device))
            kept, scores = _sure(answer, confidence, self.classes)
            boxes = fitted.back(answer.boxes[kept].float()).cpu()
            outlines = _outlines(answer, kept, fitted, boxes)
        return [
            FoundThing(
                box=(float(box[0]), float(box[1]), float(box[2]), float(box[3])),
                confidence=float(scores[i]),
                outline=None if outlines is None else outlines[i],
            )
            for i, box in enumerate(boxes)
        ]


def _sure(answer: YoloAnswer, confidence: float, wanted: frozenset[int] | None) -> tuple[Tensor, Tensor]:
    """Return the places that hold a thing of a wanted class, the surest first, and their scores."""
    scores, classes = answer.scores.max(1)
    sure = scores > confidence
    if wanted is not None:
        sure &= torch.isin(classes, torch.tensor(sorted(wanted), device=classes.device))
    places = sure.nonzero().flatten()
    places = places[scores[places].argsort(descending=True)][:CANDIDATES]
    kept = batched_nms(answer.boxes[places].float(), scores[places].float(), classes[places], OVERLAP)
    places = places[kept[:MOST]]
    return places, scores[places].cpu()


def _outlines(
    answer: YoloAnswer, kept: Tensor, fitted: Letterbox, boxes: Tensor
) -> list[NDArray[np.uint8]] | None:
    """(h, w) of 0 or 255 in the picture's size; None for networks without outlines."""
    if answer.mixture is None or answer.prototypes is None:
        return None
    made: list[NDArray[np.uint8]] = []
    quarter = answer.prototypes.shape[-2:]
    for mixture, box in zip(answer.mixture[kept], boxes, strict=True):
        small = torch.einsum("k,khw->hw", mixture.float(), answer.prototypes.float())
        whole = F.interpolate(
            small[None, None], size=(quarter[0] * 4, quarter[1] * 4), mode="bilinear", align_corners=False
        )
        width, height = fitted.seen
        own = whole[:, :, fitted.top : fitted.top + height, fitted.left : fitted.left + width]
        full = F.interpolate(own, size=(fitted.height, fitted.width), mode="bilinear", align_corners=False)
        made.append(_inside(full[0, 0].cpu().numpy() > 0, box))
    return made


def _inside(outline: NDArray[np.bool_], box: Tensor) -> NDArray[np.uint8]:
    """The outline, nothing of it beyond the box."""
    left, top, right, bottom = (round(float(side)) for side in box)
    inside = np.zeros(outline.shape, dtype=np.uint8)
    inside[top:bottom, left:right] = 255 * outline[top:bottom, left:right]
    return inside
