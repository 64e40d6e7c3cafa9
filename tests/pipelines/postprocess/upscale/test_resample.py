"""A1111's generic upscaling: how often it applies, and the exact size at the end."""

from __future__ import annotations

import pytest
from PIL import Image

from pipelines.contract.heed import Pieces, in_one_go
from pipelines.postprocess.upscale.resample import Once, resize_once, undivided, upscale


class Applied:
    """An upscaler of a fixed factor that counts its applications."""

    def __init__(self, factor: float) -> None:
        self.factor = factor
        self.times = 0

    def __call__(self, picture: Image.Image) -> Pieces[Image.Image]:
        self.times += 1
        yield
        return picture.resize((int(picture.width * self.factor), int(picture.height * self.factor)))


def enlarged(once: Once, scale: float, size: tuple[int, int] = (64, 48)) -> tuple[int, int]:
    return in_one_go(upscale(Image.new("RGB", size), scale, once)).size


@pytest.mark.parametrize(
    ("factor", "scale", "times"),
    [(4, 2, 1), (4, 4, 1), (2, 4, 2), (2, 8, 3), (2, 16, 3), (4, 1, 1), (1, 4, 1)],
)
def test_it_applies_until_it_is_large_enough(factor: float, scale: float, times: int) -> None:
    """At most three times, once at least for a scale of 1, and no more where nothing grows."""
    once = Applied(factor)
    assert enlarged(once, scale) == (int(64 * scale), int(48 * scale))
    assert once.times == times


def test_a_smaller_scale_needs_no_application() -> None:
    once = Applied(4)
    assert enlarged(once, 0.5) == (32, 24)
    assert once.times == 0


@pytest.mark.parametrize(
    ("size", "scale", "expected"), [((50, 50), 1.5, (72, 72)), ((33, 65), 2, (64, 128)), ((3, 3), 2, (8, 8))]
)
def test_sides_are_multiples_of_eight(size: tuple[int, int], scale: float, expected: tuple[int, int]) -> None:
    assert enlarged(Applied(2), scale, size) == expected


def test_a_resize_is_one_piece_and_keeps_a_pixel() -> None:
    once = resize_once(0.01, Image.Resampling.NEAREST)
    assert in_one_go(once(Image.new("RGB", (10, 10)))).size == (1, 1)
    assert len(list(once(Image.new("RGB", (10, 10))))) == 1


def test_nearest_invents_no_colours() -> None:
    picture = Image.new("L", (2, 1))
    picture.putpixel((1, 0), 200)
    near = in_one_go(resize_once(4, Image.Resampling.NEAREST)(picture))
    soft = in_one_go(resize_once(4, Image.Resampling.LANCZOS)(picture))
    assert {level for _, level in near.getcolors() or ()} == {0, 200}
    assert len(soft.getcolors() or ()) > 2


def test_what_is_undivided_waits_once_before_it_runs() -> None:
    done: list[str] = []
    pieces = undivided(lambda picture: done.append("run") or picture)(Image.new("L", (1, 1)))
    next(pieces)
    assert done == []
    assert next(pieces, None) is None and done == ["run"]
