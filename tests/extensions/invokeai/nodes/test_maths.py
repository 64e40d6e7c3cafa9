"""Nodes that calculate: results, rounding, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.extensions.invokeai.bench import Bench


@pytest.mark.parametrize(
    ("kind", "inputs", "value"),
    [
        ("add", {"a": 2, "b": 3}, 5),
        ("sub", {"a": 2, "b": 3}, -1),
        ("mul", {"a": 2, "b": 3}, 6),
        ("div", {"a": 7, "b": 2}, 3),
        ("div", {"a": -7, "b": 2}, -3),
        ("float_to_int", {"value": 7.6, "multiple": 4, "method": "Floor"}, 4),
        ("float_to_int", {"value": 7.6, "multiple": 4, "method": "Nearest"}, 8),
        ("float_to_int", {"value": 4.1, "multiple": 4, "method": "Ceiling"}, 8),
        ("float_to_int", {"value": -7.6, "method": "Truncate"}, -7),
        ("float_to_int", {"value": 7.6}, 8),
        ("round_float", {"value": 1.256, "decimals": 2}, 1.26),
        ("integer_math", {"operation": "ADD", "a": 7, "b": 4}, 11),
        ("integer_math", {"operation": "SUB", "a": 4, "b": 7}, -3),
        ("integer_math", {"operation": "MUL", "a": 7, "b": 4}, 28),
        ("integer_math", {"operation": "DIV", "a": -7, "b": 4}, -1),
        ("integer_math", {"operation": "EXP", "a": 2, "b": 10}, 1024),
        ("integer_math", {"operation": "MOD", "a": 7, "b": 4}, 3),
        ("integer_math", {"operation": "ABS", "a": -7}, 7),
        ("integer_math", {"operation": "MIN", "a": 7, "b": 4}, 4),
        ("integer_math", {"operation": "MAX", "a": 7, "b": 4}, 7),
        ("float_math", {"operation": "ADD", "a": 0.5, "b": 0.25}, 0.75),
        ("float_math", {"operation": "SUB", "a": 0.5, "b": 0.75}, -0.25),
        ("float_math", {"operation": "MUL", "a": 0.5, "b": 0.5}, 0.25),
        ("float_math", {"operation": "DIV", "a": 7, "b": 2}, 3.5),
        ("float_math", {"operation": "EXP", "a": 4, "b": 0.5}, 2.0),
        ("float_math", {"operation": "ABS", "a": -0.5}, 0.5),
        ("float_math", {"operation": "SQRT", "a": 9}, 3.0),
        ("float_math", {"operation": "MIN", "a": 7, "b": 4}, 4.0),
        ("float_math", {"operation": "MAX", "a": 7, "b": 4}, 7.0),
    ],
)
def test_numbers_are_calculated(kind: str, inputs: dict[str, Any], value: float, bench: Bench) -> None:
    assert bench.run(kind, **inputs) == {"value": value}


def test_random_numbers_keep_their_bounds(bench: Bench) -> None:
    whole = {bench.run("rand_int", low=3, high=5)["value"] for _ in range(50)}
    parts = [bench.run("rand_float", low=2, high=2.2, decimals=1)["value"] for _ in range(50)]
    assert whole == {3, 4}
    assert set(parts) <= {2.0, 2.1, 2.2} and len(set(parts)) > 1


def test_a_division_by_zero_fails_the_node(bench: Bench) -> None:
    for kind in ("div", "integer_math", "float_math"):
        more = {} if kind == "div" else {"operation": "DIV"}
        with pytest.raises(ZeroDivisionError):
            bench.run(kind, a=1, b=0, **more)


@pytest.mark.parametrize(("a", "b"), [(2, 4096), (-2, 4096), (10**100, 12)])
def test_powers_have_a_greatest_size(a: int, b: int, bench: Bench) -> None:
    assert bench.run("integer_math", operation="EXP", a=a, b=b)["value"] == a**b
    with pytest.raises(ValueError, match="more than 4096 bits"):
        bench.run("integer_math", operation="EXP", a=a, b=b * 2)


def test_powers_of_one_and_zero_have_none(bench: Bench) -> None:
    assert [bench.run("integer_math", operation="EXP", a=a, b=10**9)["value"] for a in (-1, 0, 1)] == [
        1,
        0,
        1,
    ]
