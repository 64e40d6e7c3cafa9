"""Grains on pictures, and values spread like those of another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from extensions.invokeai.drawing.grain import grained, matched

GREY = Image.new("RGB", (12, 8), (100, 120, 140))


def array(image: Image.Image) -> NDArray[np.int16]:
    return np.asarray(image).astype(np.int16)


def with_grain(seed: int = 1, **changes: Any) -> NDArray[np.int16]:
    wish: dict[str, Any] = {"pepper": False, "amount": 0.1, "colored": True, "size": 1, **changes}
    return array(grained(GREY, seed=seed, **wish))


def test_a_seed_makes_the_same_grain_again() -> None:
    assert np.array_equal(with_grain(), with_grain())
    assert not np.array_equal(with_grain(), with_grain(2))


@pytest.mark.parametrize("pepper", [False, True])
def test_no_amount_changes_nothing(pepper: bool) -> None:
    assert np.array_equal(with_grain(amount=0.0, pepper=pepper), array(GREY))


def test_grey_grain_shifts_all_channels_alike() -> None:
    shift = with_grain(colored=False) - array(GREY)
    assert (shift == shift[:, :, :1]).all() and shift.any()
    coloured = with_grain() - array(GREY)
    assert not (coloured == coloured[:, :, :1]).all()


def test_a_grain_is_a_square_of_its_size() -> None:
    # 12 x 8 pixels in squares of 5: the last ones are cut off
    made = with_grain(size=5)
    assert made.shape == (8, 12, 3)
    assert (made[:5, :5] == made[0, 0]).all() and (made[5:, 10:] == made[7, 11]).all()
    assert not (made[:5, :5] == made[:5, 5:10]).all()


def test_dots_are_black_or_white_and_as_many_as_asked() -> None:
    assert set(np.unique(with_grain(pepper=True, amount=1.0))) == {0, 255}
    large = Image.new("RGB", (200, 200), (100, 120, 140))
    some = array(grained(large, seed=1, pepper=True, amount=0.25, colored=False, size=1))
    changed = (some != array(large)).any(axis=2)
    assert 0.23 < changed.mean() < 0.27
    assert set(np.unique(some[changed])) == {0, 255}


def test_values_are_spread_like_those_of_the_other() -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    own = Image.merge("RGB", [Image.fromarray(ramp)] * 3)
    # half the values, from 64 to 191, each twice
    other = Image.merge("RGB", [Image.fromarray((ramp // 2 + 64).astype(np.uint8))] * 3)
    made = array(matched(own, other))[:, :, 0].ravel()
    assert np.abs(made - (64 + np.arange(256) / 2)).max() <= 1
    assert np.array_equal(array(matched(own, own)), array(own))
