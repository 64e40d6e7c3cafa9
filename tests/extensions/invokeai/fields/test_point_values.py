"""Points that mean a thing."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from extensions.invokeai.fields.point_values import SAMPointLabel, SAMPointsField


def test_points_are_read_with_their_labels() -> None:
    read = SAMPointsField.model_validate({"points": [{"x": 1, "y": 2, "label": -1}]})
    assert (read.points[0].x, read.points[0].label) == (1, SAMPointLabel.negative)


@pytest.mark.parametrize("points", [[], [{"x": 1, "y": 2, "label": 2}], [{"x": 1, "label": 1}]])
def test_no_points_and_other_labels_are_refused(points: list[dict[str, int]]) -> None:
    with pytest.raises(ValidationError):
        SAMPointsField.model_validate({"points": points})
