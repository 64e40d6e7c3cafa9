"""Texts are cleaned as CLIP's two tokenizers clean them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelines.families.clip.clean import clean_clip, clean_open_clip

BOTH = pytest.mark.parametrize("clean", [clean_clip, clean_open_clip])


@BOTH
@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  A\t Red\n\nCircle ", "a red circle"),
        ("ÀÉ", "àé"),
        ("a\u3000b\u00a0c", "a b c"),
        ("", ""),
        ("cafÃ©", "café"),
        ("“q”", '"q"'),
        ("a \ud800 b", "a ? b"),
    ],
)
def test_spaces_letters_and_encoding(clean: Callable[[str], str], text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_entities_are_resolved_twice_by_open_clip_alone() -> None:
    # a "<" keeps the repair of encodings from resolving them
    assert clean_open_clip("x < &amp;lt;b&amp;gt;") == "x < <b>"
    assert clean_clip("x < &amp;lt;b&amp;gt;") == "x < &amp;lt;b&amp;gt;"
    assert clean_open_clip("x < &amp;amp;amp;") == "x < &amp;"


@BOTH
def test_a_plain_entity_is_resolved(clean: Callable[[str], str]) -> None:
    assert clean("salt &amp; pepper") == "salt & pepper"
