"""Read the tags of a prompt: `<name[data]:content>`, one inside another."""

from __future__ import annotations

import re
from dataclasses import dataclass

DEEPEST = 16
_HEAD = re.compile(r"([a-zA-Z_]+)(?:\[([^\[\]<>]*)\])?(?::|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTag:
    """One tag; ``whole`` is how it was written, without its brackets."""

    name: str
    data: str
    content: str
    whole: str


def read_tag(inside: str) -> PromptTag | None:
    """Read the text between brackets as a tag; None where it is not of that form."""
    found = _HEAD.match(inside)
    if found is None:
        return None
    return PromptTag(name=found[1].lower(), data=found[2] or "", content=inside[found.end() :], whole=inside)


def parts_of(text: str) -> list[str | PromptTag]:
    """Split a text into texts and tags, in their order; brackets that open or close nothing are text."""
    parts: list[str | PromptTag] = []
    start = at = 0
    while at < len(text):
        end = _end(text, at) if text[at] == "<" else -1
        tag = read_tag(text[at + 1 : end]) if end > 0 else None
        if tag is None:
            at += 1
            continue
        parts += [text[start:at], tag]
        start = at = end + 1
    parts.append(text[start:])
    return [part for part in parts if part]


def _end(text: str, start: int) -> int:
    """Return the index of the bracket that closes the one at ``start``; -1 without one or nested too deep."""
    depth = 0
    for at in range(start, len(text)):
        depth += {"<": 1, ">": -1}.get(text[at], 0)
        if depth == 0:
            return at
        if depth > DEEPEST:
            return -1
    return -1
