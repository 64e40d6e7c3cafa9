"""Key points of a network: as many as its beings have, and the unsure absent."""

from __future__ import annotations

import numpy as np
import pytest

from extensions.controlnet.maps.poses.pose_finder import require_points, sure_points
from pipelines.contract.errors import CorruptFile


def test_unsure_points_are_absent() -> None:
    points = np.array([[1.5, 2], [3, 4], [5, 6]], np.float32)
    scores = np.array([0.31, 0.29, 1.0], np.float32)
    assert sure_points(points, scores) == [1.5, 2.0, 1.0, 0.0, 0.0, 0.0, 5.0, 6.0, 1.0]


@pytest.mark.parametrize("shape", [(17, 2), (0, 2), (26, 3)])
def test_another_number_of_points_is_refused(shape: tuple[int, int]) -> None:
    require_points(np.zeros((26, 2), np.float32), 26, "animals")
    with pytest.raises(CorruptFile, match=f"answers {shape[0]} points of animals, not 26"):
        require_points(np.zeros(shape, np.float32), 26, "animals")
