"""Upscalers that enlarge a picture: the original's first, then any that is there, else Lanczos."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from extensions.fooocus.drawing.enlarging import LANCZOS, enlarged
from pipelines.contract.errors import InvalidRequest, MissingWeights
from pipelines.contract.heed import Pieces, in_one_go
from pipelines.contract.limits import WorkLimits
from pipelines.pictures.resize import Enlarger

SMALL = Image.new("RGB", (10, 20), (200, 30, 30))
COLOURS = {"ESRGAN": (0, 255, 0), "fooocus_upscaler_s409985e5": (0, 0, 255)}


class Upscalers:
    """Networks by name, each painting its own colour; ``lost`` have no weights."""

    def __init__(self, *names: str, lost: tuple[str, ...] = ()) -> None:
        self._names, self._lost = names, lost
        self.scales: list[float] = []

    def names(self) -> list[str]:
        return ["None", "Lanczos", "Nearest", *self._names]

    def in_pieces(self, name: str, options: object) -> Enlarger:
        if name in self._lost:
            raise MissingWeights(f"{name} is not here")

        def run(picture: Image.Image, scale: float) -> Pieces[Image.Image]:
            yield
            self.scales.append(scale)
            side = round(picture.width * scale), round(picture.height * scale)
            return Image.new("RGB", side, COLOURS[name])

        return run


def enlarge(
    upscalers: Upscalers, size: tuple[int, int], limits: WorkLimits | None = None
) -> tuple[Image.Image, list[str]]:
    told: list[str] = []
    settings = SimpleNamespace(limits=limits or WorkLimits())
    services: Any = SimpleNamespace(upscalers=upscalers, settings=settings)
    options: Any = None
    return in_one_go(enlarged(SMALL, size, services, options, told.append)), told


def test_the_originals_own_file_comes_first() -> None:
    upscalers = Upscalers("ESRGAN", "fooocus_upscaler_s409985e5")
    made, told = enlarge(upscalers, (20, 40))
    assert (made.size, made.getpixel((0, 0)), told) == ((20, 40), (0, 0, 255), [])


def test_a_network_without_weights_is_passed_over() -> None:
    own = "fooocus_upscaler_s409985e5"
    made, told = enlarge(Upscalers("ESRGAN", own, lost=(own,)), (20, 40))
    assert (made.getpixel((0, 0)), told) == ((0, 255, 0), [])


def test_the_longer_way_sets_the_scale() -> None:
    upscalers = Upscalers("ESRGAN")
    made, _ = enlarge(upscalers, (30, 40))
    assert (upscalers.scales, made.size) == ([3.0], (30, 40))


def test_lanczos_stands_in_with_a_warning() -> None:
    made, told = enlarge(Upscalers(), (20, 40))
    assert (made.size, made.getpixel((9, 9)), told) == ((20, 40), (200, 30, 30), [LANCZOS])


def test_a_smaller_picture_needs_no_network() -> None:
    upscalers = Upscalers("ESRGAN")
    made, told = enlarge(upscalers, (10, 10))
    assert (made.size, upscalers.scales, told) == ((10, 10), [], [])


def test_a_picture_beyond_the_limits_is_refused() -> None:
    with pytest.raises(InvalidRequest) as caught:
        enlarge(Upscalers("ESRGAN"), (20, 40), WorkLimits(side=39))
    assert caught.value.field == "upscale_value"
