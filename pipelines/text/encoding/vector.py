"""SDXL's added vector: pooled text, then sinusoids of sizes, crop or aesthetic score (spec 2.12)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from pipelines.contract.options import GenerationOptions
from pipelines.families.base import VectorKind
from pipelines.text.encoding.encoded import PictureSize

WIDTH = 256
_MAX_PERIOD = 10000


def added_vector(
    pooled: Tensor, kind: VectorKind, size: PictureSize, options: GenerationOptions, *, is_negative: bool
) -> Tensor:
    """Return (rows, projection + 256 per number), from ``pooled`` (rows, projection).

    Original and target size are both the requested one; heights come before widths.
    """
    numbers: list[float] = [size.height, size.width, options.sdxl_crop_top, options.sdxl_crop_left]
    if kind == "aesthetic":
        low, high = options.sdxl_refiner_low_aesthetic_score, options.sdxl_refiner_high_aesthetic_score
        numbers.append(low if is_negative else high)
    else:
        numbers += [size.height, size.width]
    # In the working dtype as in A1111: fp16 rounds sizes above 2048.
    values = torch.tensor(numbers, dtype=pooled.dtype, device=pooled.device)
    sinusoids = sinusoid(values).flatten().to(pooled.dtype)
    return torch.cat([pooled, sinusoids.expand(len(pooled), -1)], dim=1)


def sinusoid(values: Tensor) -> Tensor:
    """Return fp32 (count, 256): cosines, then sines, of ``values`` (count,)."""
    half = WIDTH // 2
    exponents = torch.arange(half, dtype=torch.float32, device=values.device) / half
    angles = values.float()[:, None] * torch.exp(-math.log(_MAX_PERIOD) * exponents)
    return torch.cat([angles.cos(), angles.sin()], dim=-1)
