"""A whole prompt evaluated: what holds everywhere, in the first pass, in the second, and in found parts."""

from __future__ import annotations

from dataclasses import dataclass

from extensions.swarmui.prompts.evaluate import evaluate, evaluate_tag
from extensions.swarmui.prompts.tags import PromptTag, parts_of
from extensions.swarmui.prompts.world import Filling
from pipelines.plugin import InvalidRequest

SWITCHES = frozenset({"base", "refiner"})
PLACES = frozenset({"region", "object"})
FOUND = "segment"
CLEAR = "clear"
MASKS = "it needs a network that finds things by text (CLIPSeg), which this server doesn't have"


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentPart:
    """A part of the picture that is found and drawn again: what finds it, how much, and its prompt."""

    finder: str
    creativity: float = 0.6
    threshold: float = 0.5
    prompt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledPrompt:
    """The prompt of each pass; ``refiner`` is empty where it is that of the first."""

    base: str
    refiner: str = ""
    segments: tuple[SegmentPart, ...] = ()


def fill(prompt: str, filling: Filling) -> FilledPrompt:
    """Evaluate a prompt. Raises InvalidRequest for what can't be done here."""
    texts = {"all": "", "base": "", "refiner": ""}
    segments: list[tuple[SegmentPart, str]] = []
    section = "all"
    for part in parts_of(prompt):
        if isinstance(part, PromptTag) and part.name in SWITCHES:
            section = part.name
        elif isinstance(part, PromptTag) and part.name == FOUND:
            segments.append((_segment(part, filling), ""))
            section = FOUND
        elif isinstance(part, PromptTag) and part.name in PLACES:
            filling.warn(f"prompt: <{part.name}:…> can't be told to a place here: its text holds everywhere")
            section = "all"
        else:
            text = _text(part, filling)
            if section == FOUND:
                segments[-1] = (segments[-1][0], segments[-1][1] + text)
            else:
                texts[section] += text
    return _filled(texts, segments)


def _text(part: str | PromptTag, filling: Filling) -> str:
    if isinstance(part, str):
        return part
    if part.name == CLEAR:
        raise InvalidRequest(f"Invalid value for parameter Prompt: <clear:…> can't be done: {MASKS}")
    return evaluate_tag(part, filling, 0)


def _filled(texts: dict[str, str], segments: list[tuple[SegmentPart, str]]) -> FilledPrompt:
    base, refiner = (f"{texts['all']}{texts[name]}".strip() for name in ("base", "refiner"))
    return FilledPrompt(
        base=base,
        refiner="" if refiner == base else refiner,
        segments=tuple(
            SegmentPart(
                finder=part.finder,
                creativity=part.creativity,
                threshold=part.threshold,
                prompt=text.strip(),
            )
            for part, text in segments
        ),
    )


def _segment(tag: PromptTag, filling: Filling) -> SegmentPart:
    """``text[,creativity[,threshold]]``. Raises InvalidRequest for numbers that are none."""
    finder, *numbers = (piece.strip() for piece in evaluate(tag.content, filling).split(","))
    try:
        creativity, threshold = [*map(float, numbers[:2]), *(0.6, 0.5)[len(numbers[:2]) :]]
    except ValueError:
        shown = f"<segment:{tag.content[:60]}>"
        raise InvalidRequest(f"Invalid value for parameter Prompt: the numbers of {shown} are none") from None
    if not finder or not 0 <= creativity <= 1 or not 0 <= abs(threshold) <= 1:
        text = "a segment needs something to find, and numbers between 0 and 1"
        raise InvalidRequest(f"Invalid value for parameter Prompt: {text}")
    return SegmentPart(finder=finder, creativity=creativity, threshold=abs(threshold))
