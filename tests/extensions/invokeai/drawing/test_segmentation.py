"""Masks in one piece."""

from __future__ import annotations

import numpy as np

from extensions.invokeai.drawing.segmentation import outlined


def test_a_mask_becomes_its_largest_piece_without_holes() -> None:
    found = np.zeros((20, 20), np.bool_)
    found[2:12, 2:12], found[5:7, 5:7], found[15:17, 15:17] = True, False, True
    whole = np.zeros((20, 20), np.bool_)
    whole[2:12, 2:12] = True
    assert np.array_equal(outlined(found), whole)
    assert not outlined(np.zeros((4, 4), np.bool_)).any()
