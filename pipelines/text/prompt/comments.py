"""Strip ``#`` comments from prompts (spec 2.3); there is no escape for ``#``."""

from __future__ import annotations

import re

_COMMENT_LINE = re.compile(r"(?:^|\n)#[^\n]*(?:\n|$)")
_COMMENT_TAIL = re.compile(r"#[^\n]*(?:\n|$)")


def strip_comments(prompt: str) -> str:
    """Replace each comment line, then each comment at the end of a line, by one newline."""
    return _COMMENT_TAIL.sub("\n", _COMMENT_LINE.sub("\n", prompt))
