"""Comments in prompts."""

from __future__ import annotations

import pytest

from pipelines.text.prompt.comments import strip_comments


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a red circle # not this\non white", "a red circle \non white"),
        ("# first\na\n# second\nb", "\na\nb"),
        ("a\n#only", "a\n"),
        ("a#b", "a\n"),
        ("no comment", "no comment"),
        ("", ""),
    ],
)
def test_comments_become_newlines(prompt: str, expected: str) -> None:
    assert strip_comments(prompt) == expected
