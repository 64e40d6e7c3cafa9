"""Nodes that calculate, and nodes that change texts."""

from __future__ import annotations

from importlib import import_module
from typing import Any, cast

import pytest

from extensions.invokeai.context.context import InvocationContext
from extensions.invokeai.invocation.registry import InvocationRegistry
from extensions.invokeai.nodes.all_nodes import MODULES
from extensions.invokeai.nodes.dynamic import expand

NOTHING = cast("InvocationContext", None)
for _module in MODULES:
    import_module(_module)


def run(kind: str, **inputs: Any) -> dict[str, Any]:
    node = InvocationRegistry.nodes[kind](**inputs)
    return node.invoke(NOTHING).model_dump(exclude={"type", "output_meta"})


@pytest.mark.parametrize(
    ("kind", "inputs", "value"),
    [
        ("add", {"a": 2, "b": 3}, 5),
        ("sub", {"a": 2, "b": 3}, -1),
        ("mul", {"a": 2, "b": 3}, 6),
        ("div", {"a": -7, "b": 2}, -3),
        ("float_to_int", {"value": 7.6, "multiple": 4, "method": "Floor"}, 4),
        ("float_to_int", {"value": 7.6}, 8),
        ("round_float", {"value": 1.256, "decimals": 2}, 1.26),
        ("integer_math", {"operation": "EXP", "a": 2, "b": 10}, 1024),
        ("integer_math", {"operation": "MOD", "a": 7, "b": 4}, 3),
        ("float_math", {"operation": "SQRT", "a": 9}, 3.0),
        ("string_join", {"string_left": "a", "string_right": "b"}, "ab"),
        ("string_join_three", {"string_left": "a", "string_middle": "-", "string_right": "b"}, "a-b"),
        ("string_replace", {"string": "A cat", "search_string": "CAT", "replace_string": "dog"}, "A dog"),
        (
            "string_replace",
            {"string": "a1b22", "search_string": r"\d+", "replace_string": "#", "use_regex": True},
            "a#b#",
        ),
        ("boolean", {"value": True}, True),
        ("string", {"value": 3}, "3"),
    ],
)
def test_one_value(kind: str, inputs: dict[str, Any], value: Any) -> None:
    assert run(kind, **inputs) == {"value": value}


@pytest.mark.parametrize(
    ("kind", "inputs", "expected"),
    [
        ("range", {"start": 1, "stop": 6, "step": 2}, [1, 3, 5]),
        ("range_of_size", {"start": 1, "size": 3, "step": 10}, [1, 11, 21]),
        ("float_range", {"start": 0, "stop": 1, "steps": 3}, [0.0, 0.5, 1.0]),
        ("integer_collection", {"collection": [1, 2]}, [1, 2]),
    ],
)
def test_lists(kind: str, inputs: dict[str, Any], expected: list[Any]) -> None:
    assert run(kind, **inputs) == {"collection": expected}


def test_random_numbers_begin_where_they_are_told() -> None:
    one, other = (run("random_range", low=0, high=1000, size=5, seed=3) for _ in range(2))
    assert one == other and len(set(one["collection"])) > 1
    assert 0 <= run("rand_int", low=0, high=3)["value"] < 3


def test_texts_are_split() -> None:
    assert run("string_split", string="a, b, c", delimiter=", ") == {"string_1": "a", "string_2": "b, c"}
    assert run("string_split_neg", string="cat [ugly] dog [bad]") == {
        "positive_string": "cat  dog",
        "negative_string": "ugly bad",
    }


def test_what_would_fill_the_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="more than"):
        run("integer_math", operation="EXP", a=10, b=10**6)
    with pytest.raises(ValueError, match="longer than"):
        run("range", start=0, stop=10**9)
    with pytest.raises(ZeroDivisionError):
        run("div", a=1, b=0)


def test_alternatives_of_prompts() -> None:
    assert expand("a {red|{dark|light} blue} cat", 10, combinatorial=True) == [
        "a red cat",
        "a dark blue cat",
        "a light blue cat",
    ]
    assert len(expand("{a|b}{c|d}", 3, combinatorial=True)) == 3
    assert expand("{a|b}", 5, combinatorial=False, seed=1) == expand("{a|b}", 5, combinatorial=False, seed=1)
    for wrong in ("{a", "a}", "{" * 60):
        with pytest.raises(ValueError, match=r"brace|nested"):
            expand(wrong, 1, combinatorial=True)
