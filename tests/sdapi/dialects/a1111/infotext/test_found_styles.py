"""Styles are found in finished prompts, and their texts taken out."""

from __future__ import annotations

from pipelines.contract.requests import Style
from sdapi.dialects.a1111.infotext.found_styles import find_styles

NICE = Style(name="nice", prompt="very {prompt} indeed", negative_prompt="ugly")
PLAIN = Style(name="plain", prompt="sharp")


def test_styles_are_found_in_order() -> None:
    found, left = find_styles(("very cat indeed, sharp", "bad, ugly"), [NICE, PLAIN])
    assert (found, left) == (["nice", "plain"], ("cat", "bad"))
    assert find_styles(("cat", ""), [NICE, Style(name="empty")]) == ([], ("cat", ""))
