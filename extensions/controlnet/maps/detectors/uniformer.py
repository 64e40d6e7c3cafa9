"""UniFormer: a backbone that convolves in its first two stages and attends in its last two.

Li et al. 2022, arXiv:2201.09450, in the form that segments: every stage's features are normalised and kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

HEAD_WIDTH = 64
STAGES = 4
CONVOLVING = 2
"""Stages of convolutions; those after them attend."""
FIRST_STRIDE, STRIDE = 4, 2
EPSILON = 1e-6

_PARTS = {"embed": "patch_embed", "blocks": "blocks", "norm": "norm"}
_STAGE = re.compile(r"stages\.(\d)\.(embed|blocks|norm)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSizes:
    """Of every stage the channels, those inside its feed-forward layers, and the number of blocks."""

    widths: tuple[int, ...]
    hidden: tuple[int, ...]
    depths: tuple[int, ...]


def sizes_of(shapes: Mapping[str, tuple[int, ...]]) -> StageSizes:
    """The sizes that tensors under the authors' names imply. Raises LookupError where one is missing."""
    stages = range(1, STAGES + 1)
    return StageSizes(
        widths=tuple(shapes[f"patch_embed{n}.proj.weight"][0] for n in stages),
        hidden=tuple(shapes[f"blocks{n}.0.mlp.fc1.weight"][0] for n in stages),
        depths=tuple(len({x.split(".")[1] for x in shapes if x.startswith(f"blocks{n}.")}) for n in stages),
    )


def authors_name(name: str) -> str:
    """A tensor of ``UniFormer`` under the name that the authors' files have for it."""
    return _STAGE.sub(lambda found: f"{_PARTS[found[2]]}{int(found[1]) + 1}", name)


class UniFormer(nn.Module):
    """Pictures (b, 3, h, w) -> features of every stage: (b, width, h/4, w/4), then h/8, h/16, h/32."""

    def __init__(self, sizes: StageSizes) -> None:
        super().__init__()
        inputs = (3, *sizes.widths)
        self.stages = nn.ModuleList(Stage(sizes, stage, inputs[stage]) for stage in range(STAGES))

    def forward(self, x: Tensor) -> list[Tensor]:
        """The features; edges that fill no patch are left out."""
        features: list[Tensor] = []
        for stage in self.stages:
            x, normalised = stage(x)
            features.append(normalised)
        return features


class Stage(nn.Module):
    """Patches, then blocks; returns the input of the next stage, and the same normalised."""

    def __init__(self, sizes: StageSizes, stage: int, inputs: int) -> None:
        super().__init__()
        width, hidden = sizes.widths[stage], sizes.hidden[stage]
        kind = ConvolutionBlock if stage < CONVOLVING else AttentionBlock
        self.embed = PatchEmbedding(inputs, width, FIRST_STRIDE if stage == 0 else STRIDE)
        self.blocks = nn.ModuleList(kind(width, hidden) for _ in range(sizes.depths[stage]))
        self.norm = nn.LayerNorm(width, eps=EPSILON)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """(b, inputs, h, w) -> twice (b, width, h/stride, w/stride)."""
        x = self.embed(x)
        for block in self.blocks:
            x = block(x)
        return x, over_channels(self.norm, x)


class PatchEmbedding(nn.Module):
    """Patches that don't overlap, each a normalised vector."""

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(inputs, width, stride, stride)
        self.norm = nn.LayerNorm(width)  # at torch's own epsilon, unlike the others

    def forward(self, x: Tensor) -> Tensor:
        """(b, inputs, h, w) -> (b, width, h/stride, w/stride)."""
        return over_channels(self.norm, self.proj(x))


class ConvolutionBlock(nn.Module):
    """Neighbourhoods of 5 by 5 in place of attention; all on (b, width, h, w)."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.pos_embed = nn.Conv2d(width, width, 3, padding=1, groups=width)
        self.norm1 = nn.BatchNorm2d(width)
        self.conv1 = nn.Conv2d(width, width, 1)
        self.attn = nn.Conv2d(width, width, 5, padding=2, groups=width)
        self.conv2 = nn.Conv2d(width, width, 1)
        self.norm2 = nn.BatchNorm2d(width)
        self.mlp = FeedForward(nn.Conv2d(width, hidden, 1), nn.Conv2d(hidden, width, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Position, neighbours, channels: each added to what came in."""
        x = x + self.pos_embed(x)
        x = x + self.conv2(self.attn(self.conv1(self.norm1(x))))
        return x + self.mlp(self.norm2(x))


class AttentionBlock(nn.Module):
    """Attention among all places of the picture; (b, width, h, w) in and out."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.pos_embed = nn.Conv2d(width, width, 3, padding=1, groups=width)
        self.norm1 = nn.LayerNorm(width, eps=EPSILON)
        self.attn = Attention(width)
        self.norm2 = nn.LayerNorm(width, eps=EPSILON)
        self.mlp = FeedForward(nn.Linear(width, hidden), nn.Linear(hidden, width))

    def forward(self, x: Tensor) -> Tensor:
        """Position, other places, channels: each added to what came in."""
        x = x + self.pos_embed(x)
        tokens = x.flatten(2).transpose(1, 2)
        tokens = tokens + self.attn(self.norm1(tokens))
        tokens = tokens + self.mlp(self.norm2(tokens))
        return tokens.transpose(1, 2).reshape(x.shape)


class Attention(nn.Module):
    """Self-attention in heads of 64 channels; narrower networks have one."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.heads = max(1, width // HEAD_WIDTH)
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """(b, places, width) in and out."""
        q, k, v = self.qkv(x).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        mixed = nn.functional.scaled_dot_product_attention(q, k, v)
        return self.proj(mixed.transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    """Two layers with a GELU between them."""

    def __init__(self, fc1: nn.Module, fc2: nn.Module) -> None:
        super().__init__()
        self.fc1 = fc1
        self.fc2 = fc2

    def forward(self, x: Tensor) -> Tensor:
        """Any shape in, the same out."""
        return self.fc2(nn.functional.gelu(self.fc1(x)))


def over_channels(layer: nn.Module, x: Tensor) -> Tensor:
    """A layer over the channels of (b, channels, h, w)."""
    made: Tensor = layer(x.movedim(1, -1))
    return torch.movedim(made, -1, 1).contiguous()
