"""Noise for outpainting: what is known stays, what is new looks like it."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.pictures.matched_noise import Pixels, matched_noise


@pytest.fixture
def image() -> Pixels:
    pixels = np.zeros((32, 64, 3))
    pixels[:, :32] = np.random.default_rng(1).random((32, 32, 3)) * (0.9, 0.3, 0.1)
    return pixels


@pytest.fixture
def mask() -> Pixels:
    mask = np.zeros((32, 64, 3))
    mask[:, 32:] = 1.0
    return mask


def test_known_pixels_stay(image: Pixels, mask: Pixels) -> None:
    noise = matched_noise(image, mask, falloff=1.0, color_variation=0.05)
    assert np.array_equal(noise[:, :32], image[:, :32])


def test_new_pixels_have_the_known_colours(image: Pixels, mask: Pixels) -> None:
    new = matched_noise(image, mask, falloff=1.0, color_variation=0.05)[:, 32:]
    assert new.std() > 0.05
    assert np.allclose(new.mean((0, 1)), image[:, :32].mean((0, 1)), atol=0.02)


def test_it_is_the_same_every_time(image: Pixels, mask: Pixels) -> None:
    first = matched_noise(image, mask, falloff=1.0, color_variation=0.05)
    assert np.array_equal(first, matched_noise(image, mask, falloff=1.0, color_variation=0.05))


def test_less_falloff_means_more_detail(image: Pixels, mask: Pixels) -> None:
    def roughness(falloff: float) -> float:
        new = matched_noise(image, mask, falloff=falloff, color_variation=0.0)[:, 32:]
        return float(np.abs(np.diff(new, axis=0)).mean())

    assert roughness(0.2) > roughness(2.0)


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_nothing_known_or_nothing_new_changes_nothing(image: Pixels, level: float) -> None:
    black = np.zeros_like(image)
    source = image if level == 0.0 else black
    assert np.array_equal(
        matched_noise(source, np.full_like(image, level), falloff=1.0, color_variation=0.05), source
    )
