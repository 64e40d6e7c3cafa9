"""The head: boxes, classes and outlines at every place of three maps."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from extensions.adetailer.detect.yolo.layers import ConvUnit, Shapes, numbered, within

SIDES = 4
LEVELS = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class YoloAnswer:
    """Of n places: boxes (n, 4) in pixels, scores (n, classes) in 0..1, and what outlines are mixed of.

    ``mixture``: (n, k); ``prototypes``: (k, h, w). Both None for networks that find boxes only.
    """

    boxes: Tensor
    scores: Tensor
    mixture: Tensor | None = None
    prototypes: Tensor | None = None


class Prototypes(nn.Module):
    """Maps that outlines are mixed of (YOLACT, Bolya et al. 2019), at a quarter of the picture's size."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__()
        self.cv1, self.cv2, self.cv3 = (ConvUnit(within(shapes, name)) for name in ("cv1", "cv2", "cv3"))
        inputs, outputs, height, width = shapes["upsample.weight"]
        self.upsample = nn.ConvTranspose2d(inputs, outputs, (height, width), 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.cv3(self.cv2(self.upsample(self.cv1(x))))


class DetectHead(nn.Module):
    """Distances to the four sides as distributions (GFL, Li et al. 2020), and scores, without anchors."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__()
        self.cv2 = _branches(within(shapes, "cv2"))
        self.cv3 = _branches(within(shapes, "cv3"))
        outlined = "proto.cv1.conv.weight" in shapes
        self.cv4 = _branches(within(shapes, "cv4")) if outlined else None
        self.proto = Prototypes(within(shapes, "proto")) if outlined else None

    def forward(self, maps: list[Tensor], picture: tuple[int, int]) -> YoloAnswer:
        """``maps``: of one picture of (height, width), the finest first."""
        boxes = [_boxes(branch(x), picture) for branch, x in zip(self.cv2, maps, strict=True)]
        scores = [_rows(branch(x)).sigmoid() for branch, x in zip(self.cv3, maps, strict=True)]
        answer = YoloAnswer(boxes=torch.cat(boxes), scores=torch.cat(scores))
        if self.cv4 is None or self.proto is None:
            return answer
        mixture = torch.cat([_rows(branch(x)) for branch, x in zip(self.cv4, maps, strict=True)])
        return YoloAnswer(
            boxes=answer.boxes, scores=answer.scores, mixture=mixture, prototypes=self.proto(maps[0])[0]
        )


def _branches(shapes: Shapes) -> nn.ModuleList:
    """A chain of convolutions for each level; the last one is plain."""
    return nn.ModuleList(_branch(within(shapes, str(level))) for level in range(numbered(shapes)))


def _branch(shapes: Shapes) -> nn.Sequential:
    return nn.Sequential(*(_link(within(shapes, str(i))) for i in range(numbered(shapes))))


def _link(shapes: Shapes) -> nn.Module:
    if "conv.weight" in shapes:
        return ConvUnit(shapes)
    if "weight" in shapes:
        outputs, inputs, height, width = shapes["weight"]
        return nn.Conv2d(inputs, outputs, (height, width), padding=(height // 2, width // 2))
    return nn.Sequential(*(ConvUnit(within(shapes, str(i))) for i in range(numbered(shapes))))


def _rows(x: Tensor) -> Tensor:
    """(1, c, h, w) -> (h * w, c)."""
    return x[0].flatten(1).T


def _boxes(x: Tensor, picture: tuple[int, int]) -> Tensor:
    """(1, 4 * bins, h, w) -> (h * w, 4): the expected distances from each place's middle, as corners."""
    height, width = x.shape[-2:]
    bins = torch.arange(x.shape[1] // SIDES, dtype=x.dtype, device=x.device)
    distances = _rows(x).unflatten(1, (SIDES, -1)).softmax(-1) @ bins
    rows, columns = torch.meshgrid(
        torch.arange(height, device=x.device), torch.arange(width, device=x.device), indexing="ij"
    )
    middles = torch.stack((columns, rows), -1).flatten(0, 1).to(x.dtype) + 0.5
    corners = torch.cat((middles - distances[:, :2], middles + distances[:, 2:]), 1)
    return corners * (picture[0] / height)
