"""Bounds of one prompt: the number of its sections, and the length of their texts."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.plugin import InvalidRequest

MOST_PARTS = 100
"""Regions, objects and segments of one prompt."""
MOST_FINDERS = 16
"""Finders of one segment, and of all that is cleared; each is a search through the whole picture."""


def check_counts(parts: int, cleared: int) -> None:
    """Refuse a prompt with too many parts, or with too much to clear. Raises InvalidRequest."""
    if parts > MOST_PARTS:
        text = f"{parts} regions, objects and segments are too many: at most {MOST_PARTS}"
        raise InvalidRequest(f"Invalid value for parameter Prompt: {text}")
    if cleared > MOST_FINDERS:
        text = f"<clear:…> of {cleared} things are too many: at most {MOST_FINDERS}"
        raise InvalidRequest(f"Invalid value for parameter Prompt: {text}")


def check_lengths(texts: Iterable[str], most: int) -> None:
    """Refuse texts of sections that are longer than a prompt may be. Raises InvalidRequest."""
    longest = max(map(len, texts), default=0)
    if longest > most:
        text = f"{longest} characters in one section are too many: at most {most} (see --max-prompt-length)"
        raise InvalidRequest(f"Invalid value for parameter Prompt: {text}")
