"""Styles are found in finished prompts, and their texts taken out."""

from __future__ import annotations

import pytest

from pipelines.contract.requests import Style
from sdapi.dialects.a1111.infotext.found_styles import find_styles, remove_style

NICE = Style(name="nice", prompt="very {prompt} indeed", negative_prompt="ugly")
PLAIN = Style(name="plain", prompt="sharp")


def test_styles_are_found_in_order() -> None:
    found, left = find_styles(("very cat indeed, sharp", "bad, ugly"), [NICE, PLAIN])
    assert (found, left) == (["nice", "plain"], ("cat", "bad"))
    assert find_styles(("cat", ""), [NICE, Style(name="empty")]) == ([], ("cat", ""))


@pytest.mark.parametrize(
    ("style", "prompt", "left"),
    [
        ("sharp", "cat, sharp", "cat"),
        ("sharp", "sharp", ""),
        ("sharp", " cat,  sharp ", "cat,  "),
        (" sharp ", "cat sharp", "cat "),
        ("sharp", "sharp cat", None),
        ("", "cat", "cat"),
        ("very {prompt} indeed", "very cat indeed", "cat"),
        ("very {prompt} indeed", "very  indeed", ""),
        ("very {prompt}", "very cat", "cat"),
        ("{prompt}, sharp", "cat, sharp", "cat"),
        ("aba{prompt}aba", "aba", None),
        ("aba{prompt}aba", "abaaba", ""),
        ("very {prompt} indeed", "very cat", None),
    ],
)
def test_a_styles_text_is_taken_out(style: str, prompt: str, left: str | None) -> None:
    assert remove_style(style, prompt) == left


def test_both_prompts_must_fit() -> None:
    assert find_styles(("very cat indeed", "bad"), [NICE]) == ([], ("very cat indeed", "bad"))
    assert find_styles(("cat", "bad, ugly"), [NICE]) == ([], ("cat", "bad, ugly"))


def test_a_style_is_found_once() -> None:
    assert find_styles(("cat, sharp, sharp", ""), [PLAIN]) == (["plain"], ("cat, sharp", ""))


def test_the_last_to_be_found_was_applied_first() -> None:
    soft = Style(name="soft", prompt="soft")
    assert find_styles(("cat, soft, sharp", ""), [PLAIN, soft]) == (["soft", "plain"], ("cat", ""))
