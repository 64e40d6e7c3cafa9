"""Read names of detectors: one or several, by file or words, all things or some; no torch."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from extensions.adetailer.detect.names import SUFFIXES
from extensions.adetailer.detect.place import PLACE
from pipelines.plugin import InvalidRequest

WORDS = "clipseg:"
"""Begins the name of what is found by words."""
BETWEEN = "|"
MOST = 16
LONGEST = 300
"""Characters within which the name of a file ends."""
MOST_TEXT = 4000
"""Characters of all that is wanted; patterns take time by the square of them."""
_CLASSES = r"(?::(?P<classes>[^:]*):?)?"
_REST = re.compile(rf"(?:-(?P<which>[^:]+))?{_CLASSES}")
_FILE = re.compile(rf"(?P<name>.*?\.(?:pt|safetensors))(?:-(?P<which>[^:]+))?{_CLASSES}", re.IGNORECASE)
_BARE = re.compile(rf"(?P<name>[^:]+?)(?:-(?P<which>\d{{1,4}}))?{_CLASSES}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedThings:
    """One detector by its ``name``, ``words`` or ``place``, and the things that are wanted of it.

    ``classes``: names or numbers, none for all. ``number`` counts from the left, from 1; 0 is all.
    """

    name: str = ""
    words: str = ""
    place: str = ""
    classes: tuple[str, ...] = ()
    number: int = 0


def read_wanted(text: str, known: Callable[[str], bool], field: str) -> tuple[WantedThings, ...]:
    """Read the detectors of a name, with ``|`` between; ``known`` is true for a whole name of a file.

    ``file.pt-2`` is the second from the left, ``file.pt-cat`` and ``file.pt:0,cat:`` are classes,
    ``clipseg:a red hat`` is found by words, ``place:0,0,0.5,1`` is the left half. Raises InvalidRequest.
    """
    if len(text) > MOST_TEXT:
        raise InvalidRequest(f"a detector's name has at most {MOST_TEXT} characters", field=field)
    parts = _parts(text, known)
    if len(parts) > MOST or not all(part.removeprefix(WORDS).strip() for part in parts):
        text = f"{text[:100]!a} needs a detector at each side of {BETWEEN}, {MOST} at most"
        raise InvalidRequest(text, field=field)
    return tuple(_wanted(part, known) for part in parts)


def _parts(text: str, known: Callable[[str], bool]) -> list[str]:
    """Split a name at its bars, but not at those within a known file's name."""
    pieces = text.split(BETWEEN, 2 * MOST)
    parts: list[str] = []
    while pieces:
        counts = range(min(len(pieces), MOST), 1, -1)
        joined = ((count, BETWEEN.join(pieces[:count]).strip()) for count in counts)
        count = next((count for count, name in joined if _known_start(name, known) > name.rfind(BETWEEN)), 1)
        parts.append(BETWEEN.join(pieces[:count]).strip())
        del pieces[:count]
    return parts


def _known_start(part: str, known: Callable[[str], bool]) -> int:
    """Length of the longest known name at the beginning with a valid rest behind it; 0 without one."""
    ends = [at for at, letter in enumerate(part[:LONGEST]) if letter in "-:"]
    whole = [len(part)] if len(part) <= LONGEST else []
    return next((end for end in [*whole, *reversed(ends)] if known(part[:end]) and _rest(part, end)), 0)


def _rest(part: str, end: int) -> re.Match[str] | None:
    """Match what follows a file's name; after one without its suffix only a number may follow ``-``."""
    found = _REST.fullmatch(part, end)
    if found is None or not found["which"] or part[:end].lower().endswith(SUFFIXES):
        return found
    return found if found["which"].isdecimal() else None


def _wanted(part: str, known: Callable[[str], bool]) -> WantedThings:
    if end := _known_start(part, known):
        found = _rest(part, end)
        assert found is not None
        return _asked(part[:end], found)
    if part.lower().startswith(WORDS):
        return WantedThings(words=part[len(WORDS) :].strip())
    if part.lower().startswith(PLACE):
        return WantedThings(place=part[len(PLACE) :])
    found = _FILE.fullmatch(part) or _BARE.fullmatch(part)
    return WantedThings(name=part) if found is None else _asked(found["name"], found)


def _asked(name: str, found: re.Match[str]) -> WantedThings:
    which = found["which"] or ""
    listed = found["classes"] or ""
    classes = tuple(name.strip() for name in listed.split(",") if name.strip())
    if which.isdecimal():
        return WantedThings(name=name, classes=classes, number=int(which))
    return WantedThings(name=name, classes=(*classes, which) if which else classes)
