"""The blocks of YOLOv8 and YOLO11, each sized by the tensors that it will be filled with.

The names of their parts are those in published files. Shapes are (batch, channels, h, w) throughout.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Shapes = Mapping[str, tuple[int, ...]]
EPSILON = 1e-3
"""Epsilon of the batch norms that these networks were trained with."""
HEAD_WIDTH = 64
"""Channels of one attention head's values."""
POOL = 5


def within(shapes: Shapes, prefix: str) -> Shapes:
    """The shapes below a name."""
    return {
        name.removeprefix(prefix + "."): shape
        for name, shape in shapes.items()
        if name.startswith(prefix + ".")
    }


def numbered(shapes: Shapes) -> int:
    """Count the parts whose names begin with a number."""
    return len({name.partition(".")[0] for name in shapes if name[0].isdigit()})


class ConvUnit(nn.Module):
    """Convolution, norm unless it was folded in, and SiLU (Hendrycks & Gimpel 2016)."""

    def __init__(self, shapes: Shapes, stride: int = 1, *, active: bool = True) -> None:
        super().__init__()
        outputs, inputs, height, width = shapes["conv.weight"]
        folded = "conv.bias" in shapes
        # a single input channel and several outputs: one filter per channel
        groups = outputs if inputs == 1 and outputs > 1 else 1
        self.conv = nn.Conv2d(
            inputs * groups,
            outputs,
            (height, width),
            stride,
            (height // 2, width // 2),
            groups=groups,
            bias=folded,
        )
        self.bn = nn.Identity() if folded else nn.BatchNorm2d(outputs, eps=EPSILON)
        self.active = active

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn(self.conv(x))
        return F.silu(x) if self.active else x


class ResidualPair(nn.Module):
    """Two convolutions, ``x`` added where ``adds``."""

    def __init__(self, shapes: Shapes, *, adds: bool) -> None:
        super().__init__()
        self.cv1 = ConvUnit(within(shapes, "cv1"))
        self.cv2 = ConvUnit(within(shapes, "cv2"))
        self.adds = adds

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.cv2(self.cv1(x))
        return x + y if self.adds else y


class CrossStage(nn.Module):
    """Two ways, one through residual pairs, joined (CSPNet, Wang et al. 2019)."""

    def __init__(self, shapes: Shapes, *, adds: bool) -> None:
        super().__init__()
        self.cv1, self.cv2, self.cv3 = (ConvUnit(within(shapes, name)) for name in ("cv1", "cv2", "cv3"))
        inner = within(shapes, "m")
        self.m = nn.Sequential(
            *(ResidualPair(within(inner, str(i)), adds=adds) for i in range(numbered(inner)))
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.cv3(torch.cat((self.m(self.cv1(x)), self.cv2(x)), 1))


class SplitStage(nn.Module):
    """Half of the channels goes through blocks, all of whose maps are joined (ELAN, Wang et al. 2022)."""

    def __init__(self, shapes: Shapes, *, adds: bool) -> None:
        super().__init__()
        self.cv1, self.cv2 = ConvUnit(within(shapes, "cv1")), ConvUnit(within(shapes, "cv2"))
        inner = within(shapes, "m")
        self.m = nn.ModuleList(_block(within(inner, str(i)), adds) for i in range(numbered(inner)))

    def forward(self, x: Tensor) -> Tensor:
        parts = list(self.cv1(x).chunk(2, 1))
        for block in self.m:
            parts.append(block(parts[-1]))
        return self.cv2(torch.cat(parts, 1))


def _block(shapes: Shapes, adds: bool) -> nn.Module:
    return CrossStage(shapes, adds=adds) if "cv3.conv.weight" in shapes else ResidualPair(shapes, adds=adds)


class PoolPyramid(nn.Module):
    """Each place's surroundings at three distances, by max pooling (SPPF, after He et al. 2014)."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__()
        self.cv1, self.cv2 = ConvUnit(within(shapes, "cv1")), ConvUnit(within(shapes, "cv2"))

    def forward(self, x: Tensor) -> Tensor:
        parts = [self.cv1(x)]
        for _ in range(3):
            parts.append(F.max_pool2d(parts[-1], POOL, 1, POOL // 2))
        return self.cv2(torch.cat(parts, 1))


class PlaceAttention(nn.Module):
    """Attention between the places of a map, with a convolution of the values as their position."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__()
        units = {name: ConvUnit(within(shapes, name), active=False) for name in ("qkv", "proj", "pe")}
        self.qkv, self.proj, self.pe = units["qkv"], units["proj"], units["pe"]
        channels = shapes["proj.conv.weight"][0]
        self.heads = max(1, channels // HEAD_WIDTH)
        self.values = channels // self.heads
        self.keys = (shapes["qkv.conv.weight"][0] - channels) // (2 * self.heads)

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, height, width = x.shape
        joint = self.qkv(x).view(batch, self.heads, 2 * self.keys + self.values, height * width)
        query, key, value = joint.split((self.keys, self.keys, self.values), 2)
        weights = (query.transpose(-2, -1) @ key * self.keys**-0.5).softmax(-1)
        seen = (value @ weights.transpose(-2, -1)).reshape(batch, channels, height, width)
        return self.proj(seen + self.pe(value.reshape(batch, channels, height, width)))


class AttentionPair(nn.Module):
    """Attention and two pointwise convolutions, each added to what it is given."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__()
        self.attn = PlaceAttention(within(shapes, "attn"))
        self.ffn = nn.Sequential(
            ConvUnit(within(shapes, "ffn.0")), ConvUnit(within(shapes, "ffn.1"), active=False)
        )

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(x)
        return x + self.ffn(x)


class AttentionStage(nn.Module):
    """Half of the channels goes through attention."""

    def __init__(self, shapes: Shapes) -> None:
        super().__init__()
        self.cv1, self.cv2 = ConvUnit(within(shapes, "cv1")), ConvUnit(within(shapes, "cv2"))
        inner = within(shapes, "m")
        self.m = nn.Sequential(*(AttentionPair(within(inner, str(i))) for i in range(numbered(inner))))

    def forward(self, x: Tensor) -> Tensor:
        kept, seen = self.cv1(x).chunk(2, 1)
        return self.cv2(torch.cat((kept, self.m(seen)), 1))
