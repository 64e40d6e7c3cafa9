"""SDXL's added vector: pooled text, then sinusoids of sizes, crop or aesthetic score (spec 2.12)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pipelines.contract.options import GenerationOptions
from pipelines.families.text import PictureSize

if TYPE_CHECKING:
    from torch import Tensor

WIDTH = 256
"""Channels that each number becomes."""
SIZE_WIDTH, AESTHETIC_WIDTH = 6 * WIDTH, 5 * WIDTH
_MAX_PERIOD = 10000


def size_vector(pooled: Tensor, size: PictureSize, options: GenerationOptions, is_negative: bool) -> Tensor:
    """Make the base model's vector, (rows, projection + 6 * 256): original size, crop, target size."""
    return _with_numbers(pooled, [*_common(size, options), size.height, size.width])


def aesthetic_vector(
    pooled: Tensor, size: PictureSize, options: GenerationOptions, is_negative: bool
) -> Tensor:
    """Make the refiner's vector, (rows, projection + 5 * 256): original size, crop, aesthetic score."""
    low, high = options.sdxl_refiner_low_aesthetic_score, options.sdxl_refiner_high_aesthetic_score
    return _with_numbers(pooled, [*_common(size, options), low if is_negative else high])


def _common(size: PictureSize, options: GenerationOptions) -> list[float]:
    # Original and target size are both the requested one; heights come before widths.
    return [size.height, size.width, options.sdxl_crop_top, options.sdxl_crop_left]


def _with_numbers(pooled: Tensor, numbers: list[float]) -> Tensor:
    import torch

    # In the working dtype as in A1111: fp16 rounds sizes above 2048.
    values = torch.tensor(numbers, dtype=pooled.dtype, device=pooled.device)
    sinusoids = sinusoid(values).flatten().to(pooled.dtype)
    return torch.cat([pooled, sinusoids.expand(len(pooled), -1)], dim=1)


def sinusoid(values: Tensor) -> Tensor:
    """Return fp32 (count, 256): cosines, then sines, of ``values`` (count,)."""
    import torch

    half = WIDTH // 2
    exponents = torch.arange(half, dtype=torch.float32, device=values.device) / half
    angles = values.float()[:, None] * torch.exp(-math.log(_MAX_PERIOD) * exponents)
    return torch.cat([angles.cos(), angles.sin()], dim=-1)
