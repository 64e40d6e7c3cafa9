"""A first guess under the mask."""

from __future__ import annotations

import numpy as np

from extensions.fooocus.drawing.fill import filled


def test_surroundings_flow_in_and_what_is_known_stays() -> None:
    pixels = np.full((32, 48, 3), 200, dtype=np.uint8)
    pixels[:, 24:] = 40
    mask = np.zeros((32, 48), dtype=np.uint8)
    pixels[8:24, 4:12], mask[8:24, 4:12] = 0, 255
    made = filled(pixels, mask)
    known = mask == 0
    assert np.array_equal(made[known], pixels[known])
    assert made[mask > 0].min() > 100
