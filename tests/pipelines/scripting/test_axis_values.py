"""Axis values: lists, ranges, steps and counts."""

from __future__ import annotations

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.scripting.axis_values import Kind, Value, join_values, parse_values, split_values


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("4, 6", "int", (4, 6)),
        ("1-3", "int", (1, 2, 3)),
        ("1-5 (+2)", "int", (1, 3, 5)),
        ("10-5 (-3)", "int", (10, 7)),
        ("1-10 [3]", "int", (1, 5, 10)),
        ("-1, -1", "int", (-1, -1)),
        ("7, 1-2", "int", (7, 1, 2)),
        ("0.5", "float", (0.5,)),
        ("0-1 (+0.25)", "float", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("0-1 [3]", "float", (0.0, 0.5, 1.0)),
        ("0-.3(+.1)", "float", (0.0, 0.1, 0.2, 0.3)),
        ("red, blue", "text", ("red", "blue")),
        ('"red, green", blue', "text", ("red, green", "blue")),
        ("True, no", "bool", (True, False)),
        ("a, b", "permutation", (("a", "b"), ("b", "a"))),
    ],
)
def test_values(text: str, kind: Kind, expected: tuple[Value, ...]) -> None:
    assert parse_values(split_values(text), kind) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("x", "int"),
        ("1.5", "int"),
        ("1-5 (+0)", "int"),
        ("1-5 (+0.5)", "int"),
        ("5-1", "int"),
        ("1-99999999", "int"),
        ("0-1 [99999999]", "float"),
        ("", "int"),
        ("a,b,c,d,e,f,g,h", "permutation"),
    ],
)
def test_impossible_values_name_the_field(text: str, kind: Kind) -> None:
    with pytest.raises(InvalidRequest) as raised:
        parse_values(split_values(text), kind)
    assert raised.value.field == "script.args"


def test_lines_separate_too() -> None:
    assert split_values("a, b\nc,\n\n d ") == ("a", "b", "c", "d")


def test_a_list_survives_its_text() -> None:
    items = ("Euler a", "x, y")
    assert split_values(join_values(items)) == items
