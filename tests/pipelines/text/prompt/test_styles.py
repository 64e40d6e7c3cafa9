"""Styles: placeholder, joining, trimming."""

from __future__ import annotations

import pytest

from pipelines.text.prompt.styles import apply_styles


@pytest.mark.parametrize(
    ("prompt", "texts", "expected"),
    [
        (" a cat ", ["photo of {prompt}, sharp; {prompt}"], "photo of  a cat , sharp;  a cat "),
        (" a cat ", [" oil painting "], "a cat, oil painting"),
        (" a cat ", [""], "a cat"),
        ("", ["oil painting"], "oil painting"),
        (" a cat ", [], " a cat "),
        ("a", ["b", "({prompt})", "c"], "(a, b), c"),
    ],
)
def test_styles_are_applied_in_order(prompt: str, texts: list[str], expected: str) -> None:
    assert apply_styles(prompt, texts) == expected
