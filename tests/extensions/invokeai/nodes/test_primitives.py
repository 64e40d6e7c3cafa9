"""Nodes that hold a value: read leniently, and handed on."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from tests.extensions.invokeai.bench import Bench

BLUE = {"r": 0, "g": 0, "b": 255, "a": 128}


@pytest.mark.parametrize(
    ("kind", "inputs", "output"),
    [
        ("boolean", {"value": True}, {"value": True}),
        ("integer", {"value": 3}, {"value": 3}),
        ("float", {"value": 3}, {"value": 3.0}),
        ("string", {"value": 3}, {"value": "3"}),
        ("color", {}, {"color": {"r": 0, "g": 0, "b": 0, "a": 255}}),
        ("color", {"color": BLUE}, {"color": BLUE}),
        ("boolean_collection", {"collection": [True, False]}, {"collection": [True, False]}),
        ("integer_collection", {"collection": [1, 2]}, {"collection": [1, 2]}),
        ("float_collection", {"collection": [1, 2.5]}, {"collection": [1.0, 2.5]}),
        ("string_collection", {"collection": ["a", 1]}, {"collection": ["a", "1"]}),
    ],
)
def test_a_value_is_handed_on(
    kind: str, inputs: dict[str, Any], output: dict[str, Any], bench: Bench
) -> None:
    assert bench.run(kind, **inputs) == output


def test_a_box_is_made_of_its_sides(bench: Bench) -> None:
    box = bench.run("bounding_box", x_min=1, y_min=2, x_max=3, y_max=4)["bounding_box"]
    assert box == {"x_min": 1, "x_max": 3, "y_min": 2, "y_max": 4, "score": None}
    with pytest.raises(ValidationError, match="least x and y"):
        bench.run("bounding_box", x_min=4, x_max=3)
