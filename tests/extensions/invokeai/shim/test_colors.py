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
    hsv = colors.okhsv_from_srgb(red).flatten()
    assert torch.allclose(hsv[1:], torch.ones(2), atol=1e-2)
    assert torch.allclose(
        colors.xyz_d65_to_d50(colors.xyz_from_srgb(white)).flatten()[2], torch.tensor(0.8252), atol=1e-3
    )


def test_clipping_stays_inside_and_leaves_the_rest() -> None:
    vivid = PATCH * 2 - 0.5
    clipped = colors.gamut_clip_tensor(vivid)
    inside = (vivid.amin(0) >= 0) & (vivid.amax(0) <= 1)
    assert bool((clipped >= 0).all() and (clipped <= 1).all())
    assert torch.equal(clipped[:, inside], vivid[:, inside])
