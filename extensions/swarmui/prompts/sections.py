"""A whole prompt evaluated: what holds everywhere, in a pass, in places, and in parts that are found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from extensions.swarmui.prompts.bounds import check_counts
from extensions.swarmui.prompts.evaluate import evaluate, evaluate_tag
from extensions.swarmui.prompts.regions import OBJECT, REGION, RegionPart, composed, read_region
from extensions.swarmui.prompts.segments import SegmentPart, read_segment
from extensions.swarmui.prompts.tags import PromptTag, parts_of
from extensions.swarmui.prompts.world import Filling

Part = SegmentPart | RegionPart
ALL, BASE, REFINER, BACKGROUND = "all", "base", "refiner", "background"
OWN = "own"
"""The section of the part that was named last."""
FOUND, CLEAR = "segment", "clear"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledPrompt:
    """The prompt of each pass; ``refiner`` is empty where it is that of the first.

    ``background``: the prompt where no region is. ``cleared``: parts that become transparent.
    """

    base: str
    refiner: str = ""
    background: str = ""
    regions: tuple[RegionPart, ...] = ()
    segments: tuple[SegmentPart, ...] = ()
    cleared: tuple[SegmentPart, ...] = ()

    @property
    def found_texts(self) -> Iterator[str]:
        """Texts of segments and cleared parts, which are in no pass's prompt."""
        for part in (*self.segments, *self.cleared):
            yield from (part.finder, part.prompt, part.negative_prompt)

    def drawn(self, text: str) -> str:
        """Return the engine's prompt for a pass's text: those of the background and of regions follow it."""
        if not self.regions:
            return text
        behind = (self.background,) if self.background else ()
        return composed(text, *behind, *(region.prompt for region in self.regions))


@dataclass(slots=True, kw_only=True)
class _Sections:
    """The sections read so far; ``section`` is the open one."""

    texts: dict[str, str] = field(default_factory=lambda: dict.fromkeys((ALL, BASE, REFINER, BACKGROUND), ""))
    parts: list[Part] = field(default_factory=list[Part])
    cleared: list[SegmentPart] = field(default_factory=list[SegmentPart])
    section: str = ALL

    def add(self, text: str) -> None:
        """Put text into the open section."""
        if self.section == OWN:
            self.parts[-1] = replace(self.parts[-1], prompt=self.parts[-1].prompt + text)
        else:
            self.texts[self.section] += text

    def open(self, part: Part) -> None:
        """Begin the section of a part."""
        self.parts.append(part)
        self.section = OWN

    def filled(self) -> FilledPrompt:
        """Return the whole prompt. Raises InvalidRequest where it has too many parts."""
        check_counts(len(self.parts), sum(len(part.finders) for part in self.cleared))
        base, refiner = (f"{self.texts[ALL]}{self.texts[name]}".strip() for name in (BASE, REFINER))
        parts = [replace(part, prompt=part.prompt.strip()) for part in self.parts]
        return FilledPrompt(
            base=base,
            refiner="" if refiner == base else refiner,
            background=self.texts[BACKGROUND].strip(),
            regions=tuple(part for part in parts if isinstance(part, RegionPart)),
            segments=tuple(part for part in parts if isinstance(part, SegmentPart)),
            cleared=tuple(self.cleared),
        )


def fill(prompt: str, filling: Filling) -> FilledPrompt:
    """Evaluate a prompt and its sections. Raises InvalidRequest for a tag that can't be done."""
    read = _Sections()
    for part in parts_of(prompt):
        if isinstance(part, str):
            read.add(part)
        elif part.name in SECTIONS:
            filling.count(len(part.content))
            SECTIONS[part.name](read, part, filling)
        else:
            read.add(evaluate_tag(part, filling, 0))
    return read.filled()


def _pass(read: _Sections, tag: PromptTag, filling: Filling) -> None:
    read.section = tag.name


def _place(read: _Sections, tag: PromptTag, filling: Filling) -> None:
    content = evaluate(tag.content, filling).strip()
    named = {"end": ALL, "background": BACKGROUND}.get(content.lower()) if tag.name == REGION else None
    if named is None:
        read.open(read_region(tag, content))
    else:
        read.section = named


def _segment(read: _Sections, tag: PromptTag, filling: Filling) -> None:
    read.open(read_segment(tag, evaluate(tag.content, filling)))


def _clear(read: _Sections, tag: PromptTag, filling: Filling) -> None:
    read.cleared.append(read_segment(tag, evaluate(tag.content, filling)))


SECTIONS: dict[str, Callable[[_Sections, PromptTag, Filling], None]] = {
    BASE: _pass,
    REFINER: _pass,
    REGION: _place,
    OBJECT: _place,
    FOUND: _segment,
    CLEAR: _clear,
}
"""Functions by the name of a tag that opens a section or names a part, in place of becoming text."""
