"""sRGB's curve and Oklab have the published values."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from extensions.invokeai.shim.colors import linear_srgb_from_xyz
from extensions.invokeai.shim.oklab import (
    linear_srgb_from_oklab,
    linear_srgb_from_srgb,
    mixed,
    oklab_from_linear_srgb,
    oklab_from_srgb,
    srgb_from_linear_srgb,
    srgb_from_oklab,
)


def pixel(*values: float) -> Tensor:
    return torch.tensor(values).reshape(3, 1, 1)


@pytest.mark.parametrize(("encoded", "light"), [(0.0, 0.0), (0.04, 0.04 / 12.92), (0.5, 0.21404), (1.0, 1.0)])
def test_srgb_has_its_curve(encoded: float, light: float) -> None:
    decoded, again = linear_srgb_from_srgb(pixel(encoded, 0, 0)), srgb_from_linear_srgb(pixel(light, 0, 0))
    assert float(decoded[0, 0, 0]) == pytest.approx(light, abs=1e-5)
    assert float(again[0, 0, 0]) == pytest.approx(encoded, abs=1e-5)


def test_negative_light_stays_on_the_line() -> None:
    assert linear_srgb_from_srgb(pixel(-0.1292, 0, 0)).flatten()[0] == pytest.approx(-0.01)
    assert srgb_from_linear_srgb(pixel(-0.01, 0, 0)).flatten()[0] == pytest.approx(-0.1292)


@pytest.mark.parametrize(
    ("xyz", "lab"),
    [
        ((0.950, 1.000, 1.089), (1.000, 0.000, 0.000)),
        ((1.000, 0.000, 0.000), (0.450, 1.236, -0.019)),
        ((0.000, 1.000, 0.000), (0.922, -0.671, 0.263)),
        ((0.000, 0.000, 1.000), (0.153, -1.415, -0.449)),
    ],
)
def test_oklab_has_the_values_of_its_paper(xyz: tuple[float, ...], lab: tuple[float, ...]) -> None:
    found = oklab_from_linear_srgb(linear_srgb_from_xyz(pixel(*xyz)))
    assert found.flatten().tolist() == pytest.approx(lab, abs=5e-3)


def test_oklab_goes_there_and_back() -> None:
    colors = torch.rand(3, 4, 5, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(linear_srgb_from_oklab(oklab_from_linear_srgb(colors)), colors, atol=1e-5)
    assert torch.allclose(srgb_from_oklab(oklab_from_srgb(colors)), colors, atol=1e-5)
    outside = colors - 0.5
    assert torch.allclose(linear_srgb_from_oklab(oklab_from_linear_srgb(outside)), outside, atol=1e-5)


@pytest.mark.parametrize("shape", [(3, 4), (1, 3, 4, 4), (4, 2, 2)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="3xHxW"):
        mixed(((1, 0, 0), (0, 1, 0), (0, 0, 1)), torch.zeros(shape))
