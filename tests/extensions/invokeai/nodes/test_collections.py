"""Nodes that make lists: their numbers, and their greatest length."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.invokeai.nodes.limits import MOST_ITEMS
from tests.extensions.invokeai.bench import Bench


@pytest.mark.parametrize(
    ("kind", "inputs", "expected"),
    [
        ("range", {"start": 1, "stop": 6, "step": 2}, [1, 3, 5]),
        ("range", {"start": 3, "stop": 0, "step": -1}, [3, 2, 1]),
        ("range", {"start": 3, "stop": 3}, []),
        ("range_of_size", {"start": 1, "size": 3, "step": 10}, [1, 11, 21]),
        ("float_range", {"start": 0, "stop": 1, "steps": 3}, [0.0, 0.5, 1.0]),
        ("float_range", {"start": 2, "stop": 9, "steps": 1}, [2.0]),
        ("random_range", {"low": 7, "high": 8, "size": 3}, [7, 7, 7]),
        ("random_range", {"size": 0}, []),
        ("collect", {"collection": ["a", 1]}, ["a", 1]),
    ],
)
def test_lists_are_made(kind: str, inputs: dict[str, Any], expected: list[Any], bench: Bench) -> None:
    assert bench.run(kind, **inputs) == {"collection": expected}


def test_a_seed_fixes_random_numbers(bench: Bench) -> None:
    one, same, other = (
        bench.run("random_range", low=0, high=1000, size=5, seed=seed)["collection"] for seed in (3, 3, 4)
    )
    assert one == same != other


@pytest.mark.parametrize(
    ("kind", "inputs"),
    [
        ("range", {"stop": MOST_ITEMS + 1}),
        ("range_of_size", {"size": MOST_ITEMS + 1}),
        ("random_range", {"size": MOST_ITEMS + 1}),
        ("float_range", {"steps": MOST_ITEMS + 1}),
    ],
)
def test_lists_that_are_too_long_are_refused(kind: str, inputs: dict[str, int], bench: Bench) -> None:
    with pytest.raises(ValueError, match=f"longer than {MOST_ITEMS}"):
        bench.run(kind, **inputs)


def test_an_iteration_has_its_item_and_place(bench: Bench) -> None:
    assert bench.run("iterate", collection=["a", "b"], index=1) == {"item": "b", "index": 1, "total": 2}
