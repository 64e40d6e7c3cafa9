"""RetinaFace on ResNet-50 (Deng et al. 2019): the network that published detection weights fit."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models import resnet50

WIDTH = 256
"""Channels of the pyramid."""
STRIDES = (8, 16, 32)
ANCHORS = ((16, 32), (64, 128), (256, 512))
"""Two anchor sizes per level, in pixels."""
VARIANCES = (0.1, 0.2)


def _conv(inputs: int, outputs: int, kernel: int, *, relu: bool = True) -> nn.Sequential:
    layers: list[nn.Module] = [
        nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
    ]
    return nn.Sequential(*layers, nn.ReLU()) if relu else nn.Sequential(*layers)


class ContextHead(nn.Module):
    """Three receptive fields over one level of the pyramid ("SSH")."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        half, quarter = channels // 2, channels // 4
        self.conv3X3 = _conv(channels, half, 3, relu=False)
        self.conv5X5_1 = _conv(channels, quarter, 3)
        self.conv5X5_2 = _conv(quarter, quarter, 3, relu=False)
        self.conv7X7_2 = _conv(quarter, quarter, 3)
        self.conv7x7_3 = _conv(quarter, quarter, 3, relu=False)

    def forward(self, x: Tensor) -> Tensor:
        shared = self.conv5X5_1(x)
        fields = [self.conv3X3(x), self.conv5X5_2(shared), self.conv7x7_3(self.conv7X7_2(shared))]
        return F.relu(torch.cat(fields, dim=1))


class Pyramid(nn.Module):
    """Three levels of features, to each of which the coarser one is added."""

    def __init__(self, inputs: tuple[int, int, int], channels: int) -> None:
        super().__init__()
        self.output1 = _conv(inputs[0], channels, 1)
        self.output2 = _conv(inputs[1], channels, 1)
        self.output3 = _conv(inputs[2], channels, 1)
        self.merge1 = _conv(channels, channels, 3)
        self.merge2 = _conv(channels, channels, 3)

    def forward(self, fine: Tensor, middle: Tensor, coarse: Tensor) -> list[Tensor]:
        low = self.output3(coarse)
        mid = self.output2(middle)
        mid = self.merge2(mid + F.interpolate(low, size=mid.shape[-2:], mode="nearest"))
        high = self.output1(fine)
        high = self.merge1(high + F.interpolate(mid, size=high.shape[-2:], mode="nearest"))
        return [high, mid, low]


class Head(nn.Module):
    """``numbers`` per anchor: (batch, anchors, numbers)."""

    def __init__(self, channels: int, numbers: int) -> None:
        super().__init__()
        self.numbers = numbers
        self.conv1x1 = nn.Conv2d(channels, 2 * numbers, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv1x1(x).permute(0, 2, 3, 1).reshape(len(x), -1, self.numbers)


class RetinaFace(nn.Module):
    """Boxes (4), scores (2) and landmarks (10) per anchor of a picture (batch, 3, h, w), BGR minus mean."""

    def __init__(self) -> None:
        super().__init__()
        backbone = resnet50(weights=None)
        kept = list(backbone.named_children())[:-2]
        self.body = nn.ModuleDict(dict(kept))
        self.fpn = Pyramid((WIDTH * 2, WIDTH * 4, WIDTH * 8), WIDTH)
        self.ssh1, self.ssh2, self.ssh3 = ContextHead(WIDTH), ContextHead(WIDTH), ContextHead(WIDTH)
        self.ClassHead = nn.ModuleList(Head(WIDTH, 2) for _ in STRIDES)
        self.BboxHead = nn.ModuleList(Head(WIDTH, 4) for _ in STRIDES)
        self.LandmarkHead = nn.ModuleList(Head(WIDTH, 10) for _ in STRIDES)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        levels: list[Tensor] = []
        for name, module in self.body.items():
            x = module(x)
            if name in ("layer2", "layer3", "layer4"):
                levels.append(x)
        pyramid = self.fpn(*levels)
        contexts = (self.ssh1, self.ssh2, self.ssh3)
        features = [context(level) for context, level in zip(contexts, pyramid, strict=True)]
        boxes, scores, marks = (
            torch.cat([head(f) for head, f in zip(heads, features, strict=True)], dim=1)
            for heads in (self.BboxHead, self.ClassHead, self.LandmarkHead)
        )
        return boxes, scores.softmax(-1), marks


def anchors(height: int, width: int) -> Tensor:
    """(n, 4) centre x, centre y, width, height, as fractions of the picture, in the network's order."""
    levels: list[Tensor] = []
    for stride, sizes in zip(STRIDES, ANCHORS, strict=True):
        rows, columns = -(-height // stride), -(-width // stride)
        y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
        cells = torch.stack([(x + 0.5) * stride / width, (y + 0.5) * stride / height], dim=-1)
        shapes = torch.tensor([(s / width, s / height) for s in sizes])
        both = (rows, columns, len(sizes), 2)
        levels.append(torch.cat([cells[:, :, None].expand(both), shapes.expand(both)], -1).reshape(-1, 4))
    return torch.cat(levels)


def decode_boxes(predicted: Tensor, prior: Tensor) -> Tensor:
    """(n, 4) x1, y1, x2, y2 as fractions of the picture."""
    centre = prior[:, :2] + predicted[:, :2] * VARIANCES[0] * prior[:, 2:]
    size = prior[:, 2:] * torch.exp(predicted[:, 2:] * VARIANCES[1])
    return torch.cat([centre - size / 2, centre + size / 2], dim=1)


def decode_landmarks(predicted: Tensor, prior: Tensor) -> Tensor:
    """(n, 5, 2): both eyes, nose, both corners of the mouth, as fractions of the picture."""
    offsets = predicted.reshape(-1, 5, 2) * VARIANCES[0] * prior[:, None, 2:]
    return prior[:, None, :2] + offsets
