"""Parts of a picture that a prompt names, to be drawn again or cleared: ``text,creativity,threshold``."""

from __future__ import annotations

from dataclasses import dataclass

from extensions.swarmui.prompts.bounds import MOST_FINDERS
from extensions.swarmui.prompts.numbers import numbers_of, refused
from extensions.swarmui.prompts.tags import PromptTag

YOLO = "yolo-"
"""Begins the name of a detector's file; all else is words."""
BETWEEN = "|"
CREATIVITY = 0.6
LOOKED = 64
"""Characters in which the kind of a finder shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentPart:
    """A part of the picture: its finders, how much of it is drawn again, and the prompts for that.

    ``threshold``: None for the default of its kind of finder. ``inverted``: all but what is found.
    """

    finder: str
    creativity: float = CREATIVITY
    threshold: float | None = None
    inverted: bool = False
    prompt: str = ""
    negative_prompt: str = ""

    @property
    def finders(self) -> tuple[str, ...]:
        """The finders of this part, which ``|`` separates."""
        return tuple(one.strip() for one in self.finder.split(BETWEEN))


def read_segment(tag: PromptTag, content: str) -> SegmentPart:
    """``finder[,creativity[,threshold]]``; a threshold below 0 inverts. Raises InvalidRequest."""
    finder, *rest = (piece.strip() for piece in _split(content))
    creativity, threshold = [*numbers_of(rest[:2], tag), None, None][:2]
    creativity = CREATIVITY if creativity is None else creativity
    part = SegmentPart(
        finder=finder,
        creativity=creativity,
        threshold=None if threshold is None else abs(threshold),
        inverted=threshold is not None and threshold < 0,
    )
    if not all(one.removeprefix(YOLO) for one in part.finders):
        raise refused(tag, "it names nothing to find")
    if len(part.finders) > MOST_FINDERS:
        raise refused(tag, f"it names {len(part.finders)} things to find: at most {MOST_FINDERS}")
    if not (0 <= creativity <= 1 and 0 <= (part.threshold or 0) <= 1):
        raise refused(tag, "its numbers must be between 0 and 1")
    return part


def _split(content: str) -> list[str]:
    """At commas, but not at those between the colons of a detector's classes."""
    pieces, filtered, by_file = [""], False, _names_file(content)
    for at, letter in enumerate(content):
        if letter == BETWEEN:
            filtered, by_file = False, _names_file(content[at + 1 : at + 1 + LOOKED])
        elif letter == ":" and by_file:
            filtered = not filtered
        if letter == "," and not filtered:
            pieces.append("")
        else:
            pieces[-1] += letter
    return pieces


def _names_file(text: str) -> bool:
    return text.lstrip().lower().startswith(YOLO)
