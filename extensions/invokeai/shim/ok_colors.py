"""Okhsv, Okhsl and clipping to sRGB's gamut (Ottosson 2021); the gamut's edge is found by bisection."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from extensions.invokeai.shim.oklab import (
    linear_srgb_from_oklab,
    oklab_from_linear_srgb,
    oklab_from_srgb,
    srgb_from_oklab,
)

_K1, _K2 = 0.206, 0.03
_K3 = (1 + _K1) / (1 + _K2)
_ROUNDS = 24
_LEAST = 1e-9
_BLUE = 264.05
"""Hue of sRGB's blue in Oklab, in degrees; 264.052, cut so that blue lies past it."""


class _Hue(NamedTuple):
    """Directions of hues (H, W), and the most saturated colour of each."""

    a: Tensor
    b: Tensor
    light: Tensor
    chroma: Tensor


def _toe(x: Tensor) -> Tensor:
    y = _K3 * x - _K1
    return 0.5 * (y + (y * y + 4 * _K2 * _K3 * x).clamp_min(0).sqrt())


def _untoed(x: Tensor) -> Tensor:
    return (x * x + _K1 * x) / (_K3 * (x + _K2))


def _rgb(light: Tensor, chroma: Tensor, hue: tuple[Tensor, Tensor]) -> Tensor:
    return linear_srgb_from_oklab(torch.stack([light, chroma * hue[0], chroma * hue[1]]))


def _cusp(a: Tensor, b: Tensor) -> _Hue:
    low, high = torch.zeros_like(a), torch.full_like(a, 2.0)
    one = torch.ones_like(a)
    # from blue on green ends the gamut: red is below 0 only in a dent just before blue itself
    past_blue = _degrees(a, b) >= _BLUE
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        rgb = _rgb(one, middle, (a, b))
        inside = (rgb[1:].amin(0) >= 0) & ((rgb[0] >= 0) | past_blue)
        low, high = torch.where(inside, middle, low), torch.where(inside, high, middle)
    light = (1 / _rgb(one, low, (a, b)).amax(0).clamp_min(_LEAST)) ** (1 / 3)
    return _Hue(a, b, light, light * low)


def _most_chroma(light: Tensor, hue: _Hue) -> Tensor:
    """Find the greatest chroma inside the gamut at a lightness (H, W) and hue."""
    low, high = torch.zeros_like(light), torch.full_like(light, 0.5)
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        rgb = _rgb(light, middle, (hue.a, hue.b))
        inside = (rgb.amin(0) >= -1e-6) & (rgb.amax(0) <= 1 + 1e-6)
        low, high = torch.where(inside, middle, low), torch.where(inside, high, middle)
    return low


def _direction(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Split Oklab's a and b into a direction of length 1 and the chroma; grey points along a."""
    chroma = torch.hypot(a, b)
    safe = chroma.clamp_min(_LEAST)
    return torch.where(chroma > _LEAST, a / safe, torch.ones_like(a)), b / safe, chroma


def _degrees(a: Tensor, b: Tensor) -> Tensor:
    return torch.rad2deg(torch.atan2(b, a)) % 360


def _towards(hue: Tensor) -> tuple[Tensor, Tensor]:
    angle = torch.deg2rad(hue)
    return angle.cos(), angle.sin()


class _Triangle(NamedTuple):
    """Okhsv's triangle of a hue: slopes of its sides from black and from white, and 1 - 0.5 / s."""

    s: Tensor
    t: Tensor
    k: Tensor


def _triangle(cusp: _Hue) -> _Triangle:
    s = cusp.chroma / cusp.light.clamp_min(_LEAST)
    return _Triangle(s, cusp.chroma / (1 - cusp.light).clamp_min(_LEAST), 1 - 0.5 / s.clamp_min(_LEAST))


def _scale(light: Tensor, chroma: Tensor, hue: tuple[Tensor, Tensor]) -> Tensor:
    return (1 / _rgb(light, chroma, hue).amax(0).clamp_min(_LEAST)) ** (1 / 3)


def srgb_from_okhsv(okhsv_tensor: Tensor, alpha: float = 0.05, steps: int = 1) -> Tensor:
    """Convert Okhsv to sRGB; hue is in degrees, saturation and value are in 0..1.

    ``alpha`` and ``steps``, here and below, tune InvokeAI's own search for the gamut's edge: bisection needs
    neither.
    """
    hue, saturation, value = okhsv_tensor
    a, b = _towards(hue)
    shape = _triangle(_cusp(a, b))
    bottom = 0.5 + shape.t - shape.t * shape.k * saturation
    light_v, chroma_v = 1 - saturation * 0.5 / bottom, saturation * shape.t * 0.5 / bottom
    light, chroma = value * light_v, value * chroma_v
    toed_light = _untoed(light_v)
    toed_chroma = chroma_v * toed_light / light_v.clamp_min(_LEAST)
    new_light = _untoed(light)
    chroma = chroma * new_light / light.clamp_min(_LEAST)
    scale = _scale(toed_light, toed_chroma, (a, b))
    return srgb_from_oklab(torch.stack([new_light * scale, chroma * scale * a, chroma * scale * b]))


def okhsv_from_srgb(srgb_tensor: Tensor, steps: int = 1) -> Tensor:
    """Convert sRGB to Okhsv; hue is in degrees, saturation and value are in 0..1."""
    light, x, y = oklab_from_srgb(srgb_tensor)
    a, b, chroma = _direction(x, y)
    shape = _triangle(_cusp(a, b))
    share = shape.t / (chroma + light * shape.t).clamp_min(_LEAST)
    light_v, chroma_v = share * light, share * chroma
    toed_light = _untoed(light_v)
    toed_chroma = chroma_v * toed_light / light_v.clamp_min(_LEAST)
    scale = _scale(toed_light, toed_chroma, (a, b))
    value = _toe(light / scale) / light_v.clamp_min(_LEAST)
    saturation = (0.5 + shape.t) * chroma_v / (shape.t * 0.5 + shape.t * shape.k * chroma_v).clamp_min(_LEAST)
    return torch.stack([_degrees(x, y), saturation, value])


def _stops(light: Tensor, hue: _Hue) -> tuple[Tensor, Tensor, Tensor]:
    """Return three chromas at a lightness that shape Okhsl's saturation: C_0, C_mid and C_max in the paper.

    The slope at saturation 0 follows from the first, the second lies at 0.8, and the third, the gamut's edge,
    at 1.
    """
    most = _most_chroma(light, hue)
    shape = _triangle(hue)
    k = most / torch.minimum(light * shape.s, (1 - light) * shape.t).clamp_min(_LEAST)
    ca, cb = light * 0.11516993, (1 - light) * 0.11239642
    middle = 0.9 * k * ((1 / (1 / ca.clamp_min(_LEAST) ** 4 + 1 / cb.clamp_min(_LEAST) ** 4)) ** 0.25)
    one, other = light * 0.4, (1 - light) * 0.8
    least = (1 / (1 / one.clamp_min(_LEAST) ** 2 + 1 / other.clamp_min(_LEAST) ** 2)).sqrt()
    return least, torch.minimum(middle.maximum(0.2 * most), 0.9 * most), most


def srgb_from_okhsl(hsl_tensor: Tensor, alpha: float = 0.05, steps: int = 1, steps_outer: int = 1) -> Tensor:
    """Convert Okhsl to sRGB; hue is in degrees, saturation and lightness are in 0..1."""
    hue, saturation, lightness = hsl_tensor
    a, b = _towards(hue)
    light = _untoed(lightness)
    least, middle, most = _stops(light, _cusp(a, b))
    inner, outer = saturation * 1.25, (saturation - 0.8) / 0.2
    k1 = 0.8 * least
    k2 = 1 - k1 / middle.clamp_min(_LEAST)
    below = inner * k1 / (1 - k2 * inner).clamp_min(_LEAST)
    k4 = 0.2 * middle**2 * 1.25**2 / least.clamp_min(_LEAST)
    k5 = 1 - k4 / (most - middle).clamp_min(_LEAST)
    above = middle + outer * k4 / (1 - k5 * outer).clamp_min(_LEAST)
    chroma = torch.where(saturation < 0.8, below, above)
    return srgb_from_oklab(torch.stack([light, chroma * a, chroma * b]))


def okhsl_from_srgb(rgb_tensor: Tensor, steps: int = 1, steps_outer: int = 1) -> Tensor:
    """Convert sRGB to Okhsl; hue is in degrees, saturation and lightness are in 0..1."""
    light, x, y = oklab_from_srgb(rgb_tensor)
    a, b, chroma = _direction(x, y)
    least, middle, most = _stops(light, _cusp(a, b))
    k1 = 0.8 * least
    k2 = 1 - k1 / middle.clamp_min(_LEAST)
    below = chroma / (k1 + k2 * chroma).clamp_min(_LEAST) * 0.8
    k4 = 0.2 * middle**2 * 1.25**2 / least.clamp_min(_LEAST)
    k5 = 1 - k4 / (most - middle).clamp_min(_LEAST)
    above = 0.8 + 0.2 * (chroma - middle) / (k4 + k5 * (chroma - middle)).clamp_min(_LEAST)
    return torch.stack([_degrees(x, y), torch.where(chroma < middle, below, above), _toe(light)])


def gamut_clip_tensor(
    rgb_l_tensor: Tensor, alpha: float = 0.05, steps: int = 1, steps_outer: int = 1
) -> Tensor:
    """Move linear light outside of sRGB's gamut to its edge, at the same hue and lightness."""
    inside = (rgb_l_tensor.amin(0) >= 0) & (rgb_l_tensor.amax(0) <= 1)
    light, x, y = oklab_from_linear_srgb(rgb_l_tensor)
    a, b, chroma = _direction(x, y)
    kept = light.clamp(0, 1)
    edge = torch.minimum(chroma, _most_chroma(kept, _Hue(a, b, kept, chroma)))
    clipped = _rgb(kept, edge, (a, b)).clamp(0, 1)
    return torch.where(inside, rgb_l_tensor, clipped)
