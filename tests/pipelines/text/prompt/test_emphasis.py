"""Weights of prompt fragments."""

from __future__ import annotations

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.text.prompt.emphasis import parse_emphasis


def parsed(prompt: str) -> list[tuple[str, float]]:
    return [(fragment.text, round(fragment.weight, 4)) for fragment in parse_emphasis(prompt)]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        (
            "a (((house:1.3)) [on] a (hill:0.5), sun, (((sky))).",
            [
                ("a ", 1.0),
                ("house", 1.573),
                (" ", 1.1),
                ("on", 1.0),
                (" a ", 1.1),
                ("hill", 0.55),
                (", sun, ", 1.1),
                ("sky", 1.4641),
                (".", 1.1),
            ],
        ),
        ("", [("", 1.0)]),
        ("()", [("", 1.0)]),
        (r"\(literal\) \[x\] \\ \z", [("(literal) [x] \\ z", 1.0)]),
        ("(unbalanced", [("unbalanced", 1.1)]),
        ("[unbalanced", [("unbalanced", 0.9091)]),
        ("a:1.5)", [("a:1.5)", 1.0)]),
        ("a]b", [("a]b", 1.0)]),
        ("(a: -.5 )", [("a", -0.5)]),
        ("(a:b)", [("a:b", 1.1)]),
        (
            "((a red circle] on (a white:1.1 background",
            [("a red circle] on ", 1.21), ("a white:1.1 background", 1.331)],
        ),
        ("a BREAK b", [("a", 1.0), ("BREAK", -1.0), ("b", 1.0)]),
        ("BREAK", [("", 1.0), ("BREAK", -1.0), ("", 1.0)]),
        ("BREAKFAST", [("BREAKFAST", 1.0)]),
        ("(a BREAK b:1.2)", [("a", 1.2), ("BREAK", -1.2), ("b", 1.2)]),
    ],
)
def test_fragments(prompt: str, expected: list[tuple[str, float]]) -> None:
    assert parsed(prompt) == expected


def test_only_an_unweighted_break_breaks() -> None:
    assert [fragment.is_break for fragment in parse_emphasis("a BREAK b")] == [False, True, False]
    assert not any(fragment.is_break for fragment in parse_emphasis("(a BREAK b)"))


@pytest.mark.parametrize("prompt", ["(" * 50_000 + "a", f"(a:{'9' * 50})"])
def test_weights_beyond_all_bounds_are_refused(prompt: str) -> None:
    with pytest.raises(InvalidRequest, match="infinity") as caught:
        parse_emphasis(prompt)
    assert caught.value.field == "prompt"


@pytest.mark.parametrize("weight", ["1.1.1", "."])
def test_a_malformed_weight_names_the_field(weight: str) -> None:
    with pytest.raises(InvalidRequest, match="emphasis weight") as caught:
        parse_emphasis(f"(a:{weight})")
    assert caught.value.field == "prompt"
