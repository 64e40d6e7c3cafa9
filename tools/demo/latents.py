"""Defines the demo's latent space: luma, two colour differences and a diagonal moment of every 8x8 block."""

import torch
from torch import Tensor
from torch.nn import functional

BLOCK = 8
LUMA_GAIN = 1.25
COLOUR_GAIN = 3.5
MOMENT_GAIN = 9.0


def block_latents(pictures: Tensor) -> Tensor:
    """Scaled latents [n, 4, h / 8, w / 8] of pictures [n, 3, h, w] in [-1, 1]; about unit deviation."""
    red, green, blue = functional.avg_pool2d(pictures, BLOCK).unbind(1)
    luma = pictures.mean(1, keepdim=True)
    moment = functional.conv2d(luma, moment_kernel(), stride=BLOCK)[:, 0]
    planes = (
        LUMA_GAIN * (red + green + blue) / 3,
        COLOUR_GAIN * (red - green) / 2,
        COLOUR_GAIN * (blue - (red + green) / 2) / 2,
        MOMENT_GAIN * moment,
    )
    return torch.stack(planes, 1)


def moment_kernel() -> Tensor:
    """Weights rising from -1 at a block's top left to 1 at its bottom right, averaged: shape [1, 1, 8, 8]."""
    ramp = torch.arange(BLOCK) / (BLOCK - 1)
    return ((ramp[:, None] + ramp[None, :] - 1) / BLOCK**2)[None, None]


def colour_matrix() -> Tensor:
    """The matrix from the first three latents back to mean red, green and blue: shape [3, 3]."""
    sums = torch.tensor([1 / LUMA_GAIN, 0.0, -2 / (3 * COLOUR_GAIN)])
    first = torch.tensor([0.0, 1 / COLOUR_GAIN, 0.0])
    second = torch.tensor([0.0, 0.0, 2 / COLOUR_GAIN])
    return torch.stack([sums + first, sums - first, sums + second])
