"""Okhsv and Okhsl have sRGB's gamut as their bounds, and clipping stays on its edge."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from extensions.invokeai.shim.ok_colors import (
    gamut_clip_tensor,
    okhsl_from_srgb,
    okhsv_from_srgb,
    srgb_from_okhsl,
    srgb_from_okhsv,
)
from extensions.invokeai.shim.oklab import oklab_from_linear_srgb

PATCH = torch.rand(3, 8, 8, generator=torch.Generator().manual_seed(1)) * 0.9 + 0.05


def pixel(*values: float) -> Tensor:
    return torch.tensor(values).reshape(3, 1, 1)


@pytest.mark.parametrize(
    ("rgb", "hue"),
    [((1, 0, 0), 29.23), ((0, 1, 0), 142.50), ((0, 0, 1), 264.05), ((1, 1, 0), 109.77)],
)
def test_pure_colours_are_at_the_greatest_saturation_and_value(rgb: tuple[int, ...], hue: float) -> None:
    """Hues are those of Oklab."""
    found, saturation, value = okhsv_from_srgb(pixel(*rgb)).flatten().tolist()
    assert found == pytest.approx(hue, abs=0.1)
    assert [saturation, value] == pytest.approx([1, 1], abs=1e-4)


@pytest.mark.parametrize("grey", [0.2, 0.5, 0.8])
def test_greys_have_no_saturation_and_a_toned_lightness(grey: float) -> None:
    """Both give grey the lightness of CIELAB, nearly: the toe was made for it."""
    light = ((grey + 0.055) / 1.055) ** 2.4
    lab = (116 * light ** (1 / 3) - 16) / 100
    for convert in (okhsv_from_srgb, okhsl_from_srgb):
        _, saturation, lightness = convert(pixel(grey, grey, grey)).flatten().tolist()
        assert saturation == pytest.approx(0, abs=2e-3) and lightness == pytest.approx(lab, abs=0.01)


def test_black_and_white_are_at_the_ends() -> None:
    for convert in (okhsv_from_srgb, okhsl_from_srgb):
        assert convert(pixel(0, 0, 0)).flatten()[2] == pytest.approx(0, abs=1e-4)
        assert convert(pixel(1, 1, 1)).flatten()[2] == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("saturation", [0.0, 0.3, 0.8, 1.0])
@pytest.mark.parametrize("convert", [srgb_from_okhsl, srgb_from_okhsv])
def test_every_saturation_is_inside_the_gamut(convert: Callable[[Tensor], Tensor], saturation: float) -> None:
    hues = torch.linspace(0, 350, 36)
    levels = torch.linspace(0.05, 0.95, 10)
    grid = torch.stack(
        [hues[:, None].expand(36, 10), torch.full((36, 10), saturation), levels[None].expand(36, 10)]
    )
    rgb = convert(grid)
    assert rgb.min() > -0.02 and rgb.max() < 1.02


def test_the_full_saturation_of_okhsl_is_on_the_edge() -> None:
    rgb = srgb_from_okhsl(pixel(200.0, 1.0, 0.5)).flatten()
    assert min(float(rgb.min()), 1 - float(rgb.max())) == pytest.approx(0, abs=5e-3)


def test_clipping_stays_inside_and_leaves_the_rest() -> None:
    vivid = PATCH * 2 - 0.5
    clipped = gamut_clip_tensor(vivid)
    inside = (vivid.amin(0) >= 0) & (vivid.amax(0) <= 1)
    assert bool((clipped >= 0).all() and (clipped <= 1).all())
    assert torch.equal(clipped[:, inside], vivid[:, inside]) and not bool(inside.all())


def test_clipping_keeps_hue_and_lightness() -> None:
    vivid = pixel(1.1, 0.2, -0.1)
    before, after = (oklab_from_linear_srgb(one).flatten() for one in (vivid, gamut_clip_tensor(vivid)))
    assert after[0] == pytest.approx(float(before[0]), abs=2e-3)
    turned = torch.atan2(after[2], after[1]) - torch.atan2(before[2], before[1])
    assert float(turned) == pytest.approx(0, abs=5e-3)
    assert torch.hypot(after[1], after[2]) < torch.hypot(before[1], before[2])


def test_light_beyond_white_becomes_white() -> None:
    assert gamut_clip_tensor(pixel(2.0, 2.0, 2.0)).flatten().tolist() == pytest.approx([1, 1, 1], abs=1e-4)
