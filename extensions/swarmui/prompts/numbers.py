"""Numbers in the tag of a section, and the error of a tag that can't be done."""

from __future__ import annotations

from extensions.swarmui.prompts.tags import PromptTag
from pipelines.plugin import InvalidRequest


def numbers_of(texts: list[str], tag: PromptTag) -> list[float]:
    """Read texts as numbers. Raises InvalidRequest where one is not a number."""
    try:
        return [float(text) for text in texts]
    except ValueError:
        raise refused(tag, "a number is none") from None


def refused(tag: PromptTag, why: str) -> InvalidRequest:
    """Make the error that shows a tag and the reason."""
    shown = f"<{tag.name}:{tag.content[:60]}>"
    return InvalidRequest(f"Invalid value for parameter Prompt: {shown} can't be done: {why}")
