"""Pictures enlarged by a network, by its name's number or to a size."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from extensions.invokeai.drawing.enlarge import by_network

SMALL = Image.new("RGB", (10, 20))


def enlarge(name: str, size: tuple[int, int] | None = None) -> tuple[Image.Image, float]:
    """The enlarged picture, and the scale that the network was asked for."""
    scales: list[float] = []

    def get(asked: str, options: object) -> Callable[[Image.Image, float], Image.Image]:
        assert asked == name

        def run(image: Image.Image, scale: float) -> Image.Image:
            scales.append(scale)
            return image.resize((round(image.width * scale), round(image.height * scale)))

        return run

    services = SimpleNamespace(upscalers=SimpleNamespace(get=get))
    context: Any = SimpleNamespace(services=SimpleNamespace(work=SimpleNamespace(services=services)))
    return by_network(context, SMALL, name, size), scales[0]


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("RealESRGAN_x2plus", 2),
        ("1x_DeBLR", 1),
        ("8x_NMKD", 8),
        ("3X_art", 3),
        ("ESRGAN_SRx4", 4),
        ("SwinIR", 4),
    ],
)
def test_the_name_says_how_many_times(name: str, times: int) -> None:
    made, scale = enlarge(name)
    assert (scale, made.size) == (times, (10 * times, 20 * times))


@pytest.mark.parametrize(
    ("size", "scale"), [((30, 40), 3.0), ((20, 60), 3.0), ((15, 20), 1.5), ((5, 5), 1.0)]
)
def test_a_size_is_met_by_the_longer_way(size: tuple[int, int], scale: float) -> None:
    made, asked = enlarge("RealESRGAN_x2plus", size)
    assert (asked, made.size) == (scale, size)
