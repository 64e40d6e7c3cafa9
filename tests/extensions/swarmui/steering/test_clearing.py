"""The parts of a picture that words name become transparent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from extensions.swarmui.steering.clearing import cleared
from extensions.swarmui.steering.wish import ClearWish

PICTURE = Image.new("RGB", (80, 60), "red")


def find(picture: Image.Image, words: str) -> NDArray[np.float32]:
    """Sure of ``left`` in the left half, and a little of all else."""
    sure = np.full((picture.height, picture.width), 0.1, dtype=np.float32)
    if words == "left":
        sure[:, : picture.width // 2] = 0.7
    return sure


def alpha(wish: ClearWish, picture: Image.Image = PICTURE) -> NDArray[np.uint8]:
    made = cleared(picture, wish, find)
    assert made.mode == "RGBA"
    return np.asarray(made)[..., 3]


def test_what_is_found_is_gone_with_a_soft_edge() -> None:
    left = alpha(ClearWish(words="left"))
    assert left[:, :25].max() == 0
    assert left[:, 55:].min() == 255
    assert 0 < left[30, 40] < 255


def test_all_else_is_gone() -> None:
    left = alpha(ClearWish(words="left", inverted=True))
    assert left[:, :25].min() == 255
    assert left[:, 55:].max() == 0


def test_where_nothing_is_sure_enough_all_stays() -> None:
    assert alpha(ClearWish(words="left", threshold=0.8)).min() == 255


def test_what_is_clear_already_stays_so() -> None:
    clear = Image.new("RGBA", (80, 60), (255, 0, 0, 0))
    assert alpha(ClearWish(words="nothing"), clear).max() == 0
