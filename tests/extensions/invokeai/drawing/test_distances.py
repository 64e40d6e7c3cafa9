"""Soft edges of masks, in pixels from their black part."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from extensions.invokeai.drawing.distances import edges, faded, gradient_mask


def mask(dark: int = 0, bright: int = 255) -> Image.Image:
    """Dark in the left half of 32 pixels."""
    image = Image.new("L", (32, 8), bright)
    image.paste(dark, (0, 0, 16, 8))
    return image


def row(image: Image.Image) -> list[int]:
    return [int(value) for value in np.asarray(image)[4]]


def test_black_fades_by_smoothstep() -> None:
    # 255 (3 s^2 - 2 s^3) at s = 1/4, 2/4, 3/4, 1
    assert row(faded(mask(), 0, 4))[15:21] == [0, 40, 128, 215, 255, 255]


def test_the_threshold_says_what_is_black() -> None:
    grey = mask(10, 130)
    assert row(faded(grey, 10, 0)) == [0] * 16 + [255] * 16
    assert row(faded(grey, 9, 4)) == [255] * 32


def test_edges_are_as_wide_as_asked() -> None:
    thin, wide = (row(edges(mask(), size, 0, 100, 200)) for size in (0, 5))
    assert sum(value == 255 for value in thin) in (1, 2)
    assert sum(value == 255 for value in wide) == sum(value == 255 for value in thin) + 4
    assert max(row(edges(mask(), 0, 3, 100, 200))) < 255


@pytest.mark.parametrize(("least", "value"), [(0.2, 128), (0.7, 76), (1.0, 0)])
def test_a_staged_edge_has_one_step(least: float, value: int) -> None:
    made = row(gradient_mask(mask(), 4, "Staged", least))
    assert made == [0] * 16 + [value] * 4 + [255] * 12


@pytest.mark.parametrize("mode", ["Gaussian Blur", "Box Blur"])
def test_a_blurred_edge_rises_outside_and_stays_black_inside(mode: str) -> None:
    made = row(gradient_mask(mask(), 3, mode, 0.2))
    assert made[:12] == [0] * 12 and made[-1] == 255
    assert sorted(made) == made and max(value for value in made if value < 255) <= 204
    assert all(value < 128 for value in made[:16])


def test_no_radius_changes_nothing() -> None:
    image = mask()
    assert gradient_mask(image, 0, "Gaussian Blur", 0.0) is image
