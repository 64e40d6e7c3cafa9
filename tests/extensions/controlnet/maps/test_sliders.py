"""The size at which preprocessors work, and what their functions are called with."""

from __future__ import annotations

import numpy as np
import pytest

from extensions.controlnet.maps.sliders import Sliders, call, working_size
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.contract.errors import InvalidRequest

PICTURE: Array = np.full((30, 50, 4), 7, np.uint8)


def test_edges_are_padded_and_cut_off_again() -> None:
    padded, unpad = working_size(PICTURE[:, :, :3], 60)
    assert padded.shape == (64, 128, 3)
    assert unpad(padded).shape == (60, 100, 3)


@pytest.mark.parametrize("shape", [(1, 700, 3), (4000, 4000, 3)])
def test_what_would_be_too_large_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidRequest, match="too large"):
        working_size(np.zeros(shape, np.uint8), 8000)


def test_a_function_gets_the_picture_as_it_is_declared() -> None:
    seen: list[tuple[object, ...]] = []

    def run(array: Array, sliders: Sliders) -> Array:
        seen.append((array.shape, sliders.variant))
        return array

    row = Preprocessor(key="mine", variant="soft")
    sliders = Sliders(resolution=60)
    assert call(run, row, PICTURE, sliders) is PICTURE
    sized = Preprocessor(key="mine", variant="soft", sized=True)
    assert call(run, sized, PICTURE, sliders).shape == (60, 100, 3)
    assert seen == [((30, 50, 4), "soft"), ((64, 128, 3), "soft")]
