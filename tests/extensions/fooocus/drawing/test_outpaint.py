"""Room beside a picture."""

from __future__ import annotations

import numpy as np

from extensions.fooocus.drawing.outpaint import grown, margins


def test_three_tenths_unless_told() -> None:
    assert margins((100, 50), ("Left", "Top"), (0, 0, 0, 0)) == (30, 0, 15, 0)
    assert margins((100, 50), ("Left", "Bottom"), (7, 9, 0, 3)) == (7, 0, 0, 3)


def test_edges_are_repeated_under_the_mask() -> None:
    pixels = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    wider, mask = grown(pixels, np.zeros((2, 2), dtype=np.uint8), (1, 2, 0, 1))
    assert (wider.shape, mask.shape) == ((3, 5, 3), (3, 5))
    assert wider[0, 0].tolist() == wider[0, 1].tolist() == [0, 1, 2]
    assert mask.tolist() == [[255, 0, 0, 255, 255], [255, 0, 0, 255, 255], [255] * 5]
