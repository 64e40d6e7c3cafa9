"""Colours go there and back, and known ones are where they should be."""

from __future__ import annotations

import pytest
import torch

from extensions.invokeai.shim import colors

PATCH = torch.rand(3, 8, 8, generator=torch.Generator().manual_seed(1)) * 0.9 + 0.05


@pytest.mark.parametrize("space", ["xyz", "lab", "oklab", "oklch", "hsl", "okhsl", "okhsv", "linear_srgb"])
def test_there_and_back(space: str) -> None:
    there = getattr(colors, f"{space}_from_srgb")(PATCH)
    assert torch.allclose(getattr(colors, f"srgb_from_{space}")(there), PATCH, atol=2e-3)


def test_known_colours() -> None:
    white, red = torch.ones(3, 1, 1), torch.tensor([1.0, 0.0, 0.0])[:, None, None]
    assert torch.allclose(colors.lab_from_srgb(white).flatten(), torch.tensor([100.0, 0, 0]), atol=0.05)
    assert torch.allclose(colors.hsl_from_srgb(red).flatten(), torch.tensor([0.0, 1.0, 0.5]))
    assert torch.allclose(
        colors.oklab_from_srgb(red).flatten(), torch.tensor([0.628, 0.225, 0.126]), atol=1e-3
    )
    assert torch.allclose(
        colors.xyz_d65_to_d50(colors.xyz_from_srgb(white)).flatten()[2], torch.tensor(0.8252), atol=1e-3
    )
