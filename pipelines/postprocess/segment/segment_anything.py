"""Segment Anything: boxes or points in a picture to masks of what they mean.

Kirillov et al. 2023, arXiv:2304.02643; the network is transformers'.
"""

from __future__ import annotations

from collections.abc import Sequence
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
"""x, y in pixels; 1 for what is meant, 0 for what is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMasks:
    """What a box or a set of points means: masks (readings, height, width), and how good each should be."""

    masks: NDArray[np.bool_]
    scores: tuple[float, ...]

    @property
    def best(self) -> NDArray[np.bool_]:
        """(height, width)."""
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

    @torch.inference_mode()
    def masks(
        self,
        image: Image.Image,
        *,
        boxes: Sequence[tuple[float, float, float, float]] = (),
        points: Sequence[Sequence[Point]] = (),
        readings: bool = False,
    ) -> list[FoundMasks]:
        """The masks of every box (left, top, right, bottom in pixels), or of every set of points.

        A box with points has as many boxes as sets. ``readings``: three masks of each instead of one. Sets of
        points are of one length.
        """
        picture = image.convert("RGB")
        if not boxes and not points:
            return []
        scale = self._side / max(picture.size)
        width, height = (int(side * scale + 0.5) for side in picture.size)
        pixels = normalised(picture.resize((width, height), Image.Resampling.BILINEAR))
        padded = F.pad(pixels, (0, self._side - width, 0, self._side - height))
        answer: Any = self.model(
            pixel_values=padded.to(self._device),
            **_prompts(boxes, points, scale, self._device),
            multimask_output=readings,
        )
        whole = _whole(answer.pred_masks[0].float().cpu(), self._side, (height, width), picture.size)
        scores: list[list[float]] = answer.iou_scores[0].float().cpu().tolist()
        return [
            FoundMasks(masks=np.asarray(one), scores=tuple(sure))
            for one, sure in zip(whole, scores, strict=True)
        ]


def _prompts(
    boxes: Sequence[tuple[float, float, float, float]],
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


def _whole(masks: Tensor, side: int, inner: tuple[int, int], size: tuple[int, int]) -> NDArray[np.bool_]:
    """(sets, readings, h, w) of the network, without its padding, at the picture's size."""
    large = F.interpolate(masks, (side, side), mode="bilinear", align_corners=False)
    cut = large[..., : inner[0], : inner[1]]
    fitted = F.interpolate(cut, (size[1], size[0]), mode="bilinear", align_corners=False)
    return np.asarray((fitted > 0).numpy(), np.bool_)
