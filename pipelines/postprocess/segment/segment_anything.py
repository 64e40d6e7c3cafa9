"""Segment Anything: boxes or points in a picture to masks of what they mean.

Kirillov et al. 2023, arXiv:2304.02643; the network is transformers'.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from pipelines.postprocess.segment.imagenet import normalised
from pipelines.postprocess.segment.local_network import local_network
from pipelines.postprocess.segment.sam_layout import published_network

Point: TypeAlias = tuple[float, float, int]
"""A point: x, y in pixels; 1 on what is meant, 0 on what is not."""
Box: TypeAlias = tuple[float, float, float, float]
AT_ONCE = 8
"""Most boxes or sets of points in one call of the network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A picture's features, its scale, its height and width at that scale, and its own size."""

    features: Tensor
    scale: float
    inner: tuple[int, int]
    size: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMasks:
    """The masks of a box or a set of points, (readings, height, width), each with a score."""

    masks: NDArray[np.bool_]
    scores: tuple[float, ...]

    @property
    def best(self) -> NDArray[np.bool_]:
        """Return the mask with the highest score, (height, width)."""
        return self.masks[int(np.argmax(self.scores))]


class SegmentAnything:
    """A network of a folder in transformers' layout, or of a file as published. Raises CorruptFile."""

    def __init__(self, home: Path, device: torch.device, *, field: str) -> None:
        from transformers import SamModel

        load = partial(local_network, SamModel) if home.is_dir() else published_network
        network: Any = load(home, field=field)
        self._device = device
        self.model: Any = network.to(device)
        self._side = int(self.model.config.vision_config.image_size)

    def each_mask(
        self,
        picture: Image.Image,
        *,
        boxes: Sequence[Box] = (),
        points: Sequence[Sequence[Point]] = (),
        readings: bool = False,
    ) -> Iterator[FoundMasks]:
        """The masks of every box (left, top, right, bottom in pixels), or of every set of points.

        A box with points has as many boxes as sets. ``readings``: three masks of each instead of one. The
        picture is encoded once; one mask after the other comes to its size, so that many don't take much
        memory.
        """
        count = max(len(boxes), len(points))
        if not count:
            return
        seen = self._seen(picture.convert("RGB"))
        for some in _together(count, points):
            small, scores = self._found(seen, boxes[some], points[some], readings=readings)
            for one, sure in zip(small, scores, strict=True):
                yield FoundMasks(masks=_whole(one, self._side, seen.inner, seen.size), scores=tuple(sure))

    @torch.inference_mode()
    def _seen(self, picture: Image.Image) -> _Seen:
        scale = self._side / max(picture.size)
        width, height = (max(1, int(side * scale + 0.5)) for side in picture.size)
        pixels = normalised(picture.resize((width, height), Image.Resampling.BILINEAR))
        padded = F.pad(pixels, (0, self._side - width, 0, self._side - height))
        features: Tensor = self.model.get_image_embeddings(padded.to(self._device))
        return _Seen(features=features, scale=scale, inner=(height, width), size=picture.size)

    @torch.inference_mode()
    def _found(
        self, seen: _Seen, boxes: Sequence[Box], points: Sequence[Sequence[Point]], *, readings: bool
    ) -> tuple[Tensor, list[list[float]]]:
        """Return masks (sets, readings, h, w) as large as the network makes them, and their scores."""
        prompts = _prompts(boxes, points, seen.scale, self._device)
        answer: Any = self.model(image_embeddings=seen.features, **prompts, multimask_output=readings)
        return answer.pred_masks[0].float().cpu(), answer.iou_scores[0].float().cpu().tolist()


def _together(count: int, points: Sequence[Sequence[Point]]) -> Iterator[slice]:
    """Split the sets into calls of the network: at most AT_ONCE, with equally many points in each."""
    start = 0
    for end in range(1, count + 1):
        alike = end < count and (not points or len(points[end]) == len(points[start]))
        if not alike or end - start == AT_ONCE:
            yield slice(start, end)
            start = end


def _prompts(
    boxes: Sequence[Box],
    points: Sequence[Sequence[Point]],
    scale: float,
    device: torch.device,
) -> dict[str, Tensor]:
    """Boxes (1, sets, 4), places (1, sets, points, 2), labels (1, sets, points)."""
    given: dict[str, Tensor] = {}
    if boxes:
        given["input_boxes"] = torch.tensor([boxes], dtype=torch.float32, device=device) * scale
    if points:
        places = [[(x, y) for x, y, _ in some] for some in points]
        labels = [[label for _, _, label in some] for some in points]
        given["input_points"] = torch.tensor([places], dtype=torch.float32, device=device) * scale
        given["input_labels"] = torch.tensor([labels], dtype=torch.int64, device=device)
    return given


@torch.inference_mode()
def _whole(masks: Tensor, side: int, inner: tuple[int, int], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Bring masks (readings, h, w) of the network, without its padding, to the picture's size."""
    large = F.interpolate(masks[None], (side, side), mode="bilinear", align_corners=False)
    cut = large[..., : inner[0], : inner[1]]
    fitted = F.interpolate(cut, (size[1], size[0]), mode="bilinear", align_corners=False)
    return np.asarray((fitted[0] > 0).numpy(), np.bool_)
