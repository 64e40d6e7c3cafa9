"""Colour spaces of float tensors (3, H, W): sRGB, linear light, XYZ, CIELAB, HSL, Oklab and Oklch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from extensions.invokeai.shim.ok_colors import gamut_clip_tensor as gamut_clip_tensor
from extensions.invokeai.shim.ok_colors import okhsl_from_srgb as okhsl_from_srgb
from extensions.invokeai.shim.ok_colors import okhsv_from_srgb as okhsv_from_srgb
from extensions.invokeai.shim.ok_colors import srgb_from_okhsl as srgb_from_okhsl
from extensions.invokeai.shim.ok_colors import srgb_from_okhsv as srgb_from_okhsv
from extensions.invokeai.shim.oklab import (
    linear_srgb_from_oklab,
    linear_srgb_from_srgb,
    mixed,
    oklab_from_linear_srgb,
    oklab_from_srgb,
    srgb_from_linear_srgb,
    srgb_from_oklab,
)

# IEC 61966-2-1, D65
_TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
_FROM_XYZ = (
    (3.2406255, -1.5372080, -0.4986286),
    (-0.9689307, 1.8757561, 0.0415175),
    (0.0557101, -0.2040211, 1.0569959),
)
# Bradford's cone responses
_CONES = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
_WHITES = {"D65": (0.950489, 1.0, 1.088840), "D50": (0.964212, 1.0, 0.825188)}
_DELTA = 6 / 29
"""The value of CIELAB's cube root below which it is replaced by a straight line (CIE 15)."""


def _inverse(matrix: Sequence[Sequence[float]]) -> list[list[float]]:
    return torch.linalg.inv(torch.tensor(matrix, dtype=torch.float64)).tolist()


def _white(name: str) -> Tensor:
    if name not in _WHITES:
        raise ValueError(f"the illuminant must be one of {', '.join(_WHITES)}, not {name!r}")
    return torch.tensor(_WHITES[name])[:, None, None]


def xyz_from_linear_srgb(linear_srgb_tensor: Tensor) -> Tensor:
    """Convert linear light to XYZ under D65, in which white has a Y of 1."""
    return mixed(_TO_XYZ, linear_srgb_tensor)


def linear_srgb_from_xyz(xyz_tensor: Tensor) -> Tensor:
    """Convert XYZ under D65 to linear light; colours outside of sRGB's gamut leave [0, 1]."""
    return mixed(_FROM_XYZ, xyz_tensor)


def xyz_from_srgb(srgb_tensor: Tensor) -> Tensor:
    """Convert sRGB to XYZ under D65."""
    return xyz_from_linear_srgb(linear_srgb_from_srgb(srgb_tensor))


def srgb_from_xyz(xyz_tensor: Tensor) -> Tensor:
    """Convert XYZ under D65 to sRGB."""
    return srgb_from_linear_srgb(linear_srgb_from_xyz(xyz_tensor))


def _adapted(xyz: Tensor, source: str, target: str) -> Tensor:
    cones = mixed(_CONES, xyz)
    share = mixed(_CONES, _white(target).to(xyz)) / mixed(_CONES, _white(source).to(xyz))
    return mixed(_inverse(_CONES), cones * share)


def xyz_d65_to_d50(xyz_tensor: Tensor) -> Tensor:
    """Adapt colours from the white of D65 to that of D50 (Bradford)."""
    return _adapted(xyz_tensor, "D65", "D50")


def xyz_d50_to_d65(xyz_tensor: Tensor) -> Tensor:
    """Adapt colours from the white of D50 to that of D65 (Bradford)."""
    return _adapted(xyz_tensor, "D50", "D65")


def lab_from_xyz(xyz_tensor: Tensor, reference_illuminant: str = "D65") -> Tensor:
    """Convert XYZ under D65 to CIELAB: lightness in 0..100, and a and b.

    ``reference_illuminant``: D65 or D50. Raises ValueError for another.
    """
    xyz = xyz_d65_to_d50(xyz_tensor) if reference_illuminant == "D50" else xyz_tensor
    share = xyz / _white(reference_illuminant).to(xyz)
    line = share / (3 * _DELTA**2) + 4 / 29
    f = torch.where(share > _DELTA**3, share.clamp_min(0) ** (1 / 3), line)
    return torch.stack([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def xyz_from_lab(lab_tensor: Tensor, reference_illuminant: str = "D65") -> Tensor:
    """Convert CIELAB to XYZ under D65, whichever illuminant is the reference of CIELAB."""
    y = (lab_tensor[0] + 16) / 116
    f = torch.stack([y + lab_tensor[1] / 500, y, y - lab_tensor[2] / 200])
    share = torch.where(f > _DELTA, f**3, 3 * _DELTA**2 * (f - 4 / 29))
    xyz = share * _white(reference_illuminant).to(share)
    return xyz_d50_to_d65(xyz) if reference_illuminant == "D50" else xyz


def lab_from_linear_srgb(linear_srgb_tensor: Tensor, reference_illuminant: str = "D65") -> Tensor:
    """Convert linear light to CIELAB."""
    return lab_from_xyz(xyz_from_linear_srgb(linear_srgb_tensor), reference_illuminant)


def linear_srgb_from_lab(lab_tensor: Tensor, reference_illuminant: str = "D65") -> Tensor:
    """Convert CIELAB to linear light."""
    return linear_srgb_from_xyz(xyz_from_lab(lab_tensor, reference_illuminant))


def lab_from_srgb(srgb_tensor: Tensor, reference_illuminant: str = "D65") -> Tensor:
    """Convert sRGB to CIELAB."""
    return lab_from_xyz(xyz_from_srgb(srgb_tensor), reference_illuminant)


def srgb_from_lab(lab_tensor: Tensor, reference_illuminant: str = "D65") -> Tensor:
    """Convert CIELAB to sRGB."""
    return srgb_from_xyz(xyz_from_lab(lab_tensor, reference_illuminant))


def oklab_from_xyz(xyz_tensor: Tensor) -> Tensor:
    """Convert XYZ under D65 to Oklab."""
    return oklab_from_linear_srgb(linear_srgb_from_xyz(xyz_tensor))


def xyz_from_oklab(oklab_tensor: Tensor) -> Tensor:
    """Convert Oklab to XYZ under D65."""
    return xyz_from_linear_srgb(linear_srgb_from_oklab(oklab_tensor))


def oklch_from_oklab(oklab_tensor: Tensor) -> Tensor:
    """Convert Oklab to Oklch: lightness, chroma, and hue in degrees, 0..360."""
    light, a, b = oklab_tensor
    return torch.stack([light, torch.hypot(a, b), torch.rad2deg(torch.atan2(b, a)) % 360])


def oklab_from_oklch(oklch_tensor: Tensor) -> Tensor:
    """Convert Oklch to Oklab."""
    light, chroma, hue = oklch_tensor
    angle = torch.deg2rad(hue)
    return torch.stack([light, chroma * angle.cos(), chroma * angle.sin()])


def _after(first: Callable[[Tensor], Tensor], then: Callable[[Tensor], Tensor], value: Tensor) -> Tensor:
    return then(first(value))


def linear_srgb_from_oklch(oklch_tensor: Tensor) -> Tensor:
    """Convert Oklch to linear light."""
    return _after(oklab_from_oklch, linear_srgb_from_oklab, oklch_tensor)


def oklch_from_linear_srgb(linear_srgb_tensor: Tensor) -> Tensor:
    """Convert linear light to Oklch."""
    return _after(oklab_from_linear_srgb, oklch_from_oklab, linear_srgb_tensor)


def oklch_from_srgb(srgb_tensor: Tensor) -> Tensor:
    """Convert sRGB to Oklch."""
    return _after(oklab_from_srgb, oklch_from_oklab, srgb_tensor)


def srgb_from_oklch(oklch_tensor: Tensor) -> Tensor:
    """Convert Oklch to sRGB."""
    return _after(oklab_from_oklch, srgb_from_oklab, oklch_tensor)


def oklch_from_xyz(xyz_tensor: Tensor) -> Tensor:
    """Convert XYZ under D65 to Oklch."""
    return _after(oklab_from_xyz, oklch_from_oklab, xyz_tensor)


def xyz_from_oklch(oklch_tensor: Tensor) -> Tensor:
    """Convert Oklch to XYZ under D65."""
    return _after(oklab_from_oklch, xyz_from_oklab, oklch_tensor)


def hsl_from_srgb(rgb_tensor: Tensor) -> Tensor:
    """Convert sRGB to HSL: hue in degrees, saturation and lightness in 0..1."""
    red, green, blue = rgb_tensor
    high, low = rgb_tensor.amax(0), rgb_tensor.amin(0)
    span, light = high - low, (high + low) / 2
    safe = span.clamp_min(1e-12)
    sector = torch.where(
        high == red,
        ((green - blue) / safe) % 6,
        torch.where(high == green, (blue - red) / safe + 2, (red - green) / safe + 4),
    )
    hue = torch.where(span > 0, sector * 60, torch.zeros_like(span))
    room = (1 - (2 * light - 1).abs()).clamp_min(1e-12)
    return torch.stack([hue, torch.where(span > 0, span / room, torch.zeros_like(span)), light])


def srgb_from_hsl(hsl_tensor: Tensor) -> Tensor:
    """Convert HSL to sRGB."""
    hue, saturation, light = hsl_tensor
    reach = saturation * torch.minimum(light, 1 - light)

    def channel(shift: int) -> Tensor:
        k = (shift + hue / 30) % 12
        return light - reach * torch.minimum(torch.minimum(k - 3, 9 - k), torch.ones_like(k)).clamp_min(-1)

    return torch.stack([channel(0), channel(8), channel(4)])


def hsl_from_linear_srgb(linear_srgb_tensor: Tensor) -> Tensor:
    """Convert linear light to HSL."""
    return _after(srgb_from_linear_srgb, hsl_from_srgb, linear_srgb_tensor)


def linear_srgb_from_hsl(hsl_tensor: Tensor) -> Tensor:
    """Convert HSL to linear light."""
    return _after(srgb_from_hsl, linear_srgb_from_srgb, hsl_tensor)
