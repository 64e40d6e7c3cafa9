"""Conversions between sRGB, linear light and Oklab (Ottosson 2020), of float tensors (3, H, W)."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

_TO_CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_FROM_ROOTS = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
_TO_ROOTS = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_FROM_CONES = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)


def mixed(matrix: Sequence[Sequence[float]], color: Tensor) -> Tensor:
    """Multiply a matrix with each colour. Raises ValueError for a tensor that isn't (3, H, W)."""
    if color.ndim != 3 or color.shape[0] != 3:
        raise ValueError("color_tensor must be a 3xHxW tensor")
    return torch.einsum("ij,jhw->ihw", torch.tensor(matrix, dtype=color.dtype, device=color.device), color)


def srgb_from_linear_srgb(linear_srgb_tensor: Tensor) -> Tensor:
    """Encode linear light with sRGB's transfer curve (IEC 61966-2-1)."""
    curved = 1.055 * linear_srgb_tensor.clamp_min(0) ** (1 / 2.4) - 0.055
    return torch.where(linear_srgb_tensor <= 0.0031308, 12.92 * linear_srgb_tensor, curved)


def linear_srgb_from_srgb(srgb_tensor: Tensor) -> Tensor:
    """Decode sRGB to linear light."""
    curved = ((srgb_tensor.clamp_min(0) + 0.055) / 1.055) ** 2.4
    return torch.where(srgb_tensor <= 0.0404482362771082, srgb_tensor / 12.92, curved)


def oklab_from_linear_srgb(linear_srgb_tensor: Tensor) -> Tensor:
    """Convert linear light to Oklab: lightness in 0..1, and a and b."""
    cones = mixed(_TO_CONES, linear_srgb_tensor)
    return mixed(_FROM_ROOTS, cones.sign() * cones.abs() ** (1 / 3))


def linear_srgb_from_oklab(oklab_tensor: Tensor) -> Tensor:
    """Convert Oklab to linear light; colours outside of sRGB's gamut leave [0, 1]."""
    return mixed(_FROM_CONES, mixed(_TO_ROOTS, oklab_tensor) ** 3)


def oklab_from_srgb(srgb_tensor: Tensor) -> Tensor:
    """Convert sRGB to Oklab."""
    return oklab_from_linear_srgb(linear_srgb_from_srgb(srgb_tensor))


def srgb_from_oklab(oklab_tensor: Tensor) -> Tensor:
    """Convert Oklab to sRGB."""
    return srgb_from_linear_srgb(linear_srgb_from_oklab(oklab_tensor))
