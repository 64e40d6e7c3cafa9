"""Numbers behind the words of a section's tag."""

from __future__ import annotations

from extensions.swarmui.prompts.tags import PromptTag
from pipelines.plugin import InvalidRequest


def numbers_of(texts: list[str], tag: PromptTag) -> list[float]:
    """The texts as numbers. Raises InvalidRequest where one is none."""
    try:
        return [float(text) for text in texts]
    except ValueError:
        raise refused(tag, "a number is none") from None


def refused(tag: PromptTag, why: str) -> InvalidRequest:
    """The error that shows a tag."""
    shown = f"<{tag.name}:{tag.content[:60]}>"
    return InvalidRequest(f"Invalid value for parameter Prompt: {shown} can't be done: {why}")
