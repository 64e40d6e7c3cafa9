"""Places of a picture that have a prompt of their own: shares of its width and height."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from extensions.swarmui.prompts.numbers import numbers_of, refused
from extensions.swarmui.prompts.tags import PromptTag

OBJECT = "object"
REGION = "region"
STRENGTH = {REGION: 1.0, OBJECT: 0.5}
REPAINT = 0.5
_COMPOSED = re.compile(r"\bAND\b")
"""The word that joins the parts of a composed prompt in A1111's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionPart:
    """A place, all in 0..1 from the left and from above, and how much its prompt counts there.

    A ``strength`` below 0 is for all but the place. ``repaint``: how much of it is drawn again, None for
    nothing.
    """

    x: float
    y: float
    width: float
    height: float
    strength: float = 1.0
    repaint: float | None = None
    prompt: str = ""


def read_region(tag: PromptTag, content: str) -> RegionPart:
    """``x,y,width,height[,strength]``, of an object ``[,creativity]`` too. Raises InvalidRequest."""
    numbers = numbers_of([piece.strip() for piece in content.split(",")], tag)
    most = 6 if tag.name == OBJECT else 5
    if not 4 <= len(numbers) <= most:
        raise refused(tag, "it needs x, y, width and height in shares of the picture")
    x, y, width, height, *rest = numbers
    strength, repaint = [*rest, *(STRENGTH[tag.name], REPAINT)[len(rest) :]]
    inside = all(0 <= number <= 1 for number in (x, y, width, height, abs(strength), repaint))
    if not inside or not math.isfinite(sum(numbers)) or not width * height:
        raise refused(tag, "its numbers must be between 0 and 1, width and height more than 0")
    return RegionPart(
        x=x,
        y=y,
        width=width,
        height=height,
        strength=strength,
        repaint=repaint if tag.name == OBJECT and repaint > 0 else None,
    )


def composed(*prompts: str) -> str:
    """One prompt of several, in the order of their places, as A1111's language joins them."""
    return " AND ".join(_COMPOSED.sub("and", prompt) for prompt in prompts)
