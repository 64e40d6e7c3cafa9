"""AND splits a prompt into parts with weights."""

from __future__ import annotations

import pytest

from pipelines.text.prompt.composition import Part, split_parts


@pytest.mark.parametrize(
    ("prompt", "parts"),
    [
        ("a photo: 35", [("a photo", 35.0)]),
        ("a AND b :0.6", [("a", 1.0), (" b", 0.6)]),
        ("a:-1. AND  b :  +.5  ", [("a", -1.0), ("  b", 0.5)]),
        ("BRAND and ANDy", [("BRAND and ANDy", 1.0)]),
        ("AND", [("", 1.0), ("", 1.0)]),
        ("(red:1.3", [("(red", 1.3)]),
        ("(red:1.3)", [("(red:1.3)", 1.0)]),
        ("a:1.2.3", [("a:1.2.3", 1.0)]),
        ("a\nb : 2\n", [("a\nb", 2.0)]),
        ("", [("", 1.0)]),
    ],
)
def test_parts(prompt: str, parts: list[tuple[str, float]]) -> None:
    assert split_parts(prompt) == tuple(Part(text=text, weight=weight) for text, weight in parts)
