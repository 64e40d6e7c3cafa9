"""What the name of a detector asks for: one or several, by file or words, all things or some; no torch."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from extensions.adetailer.detect.place import PLACE
from pipelines.plugin import InvalidRequest

WORDS = "clipseg:"
"""Begins the name of what is found by words."""
BETWEEN = "|"
MOST = 16
_CLASSES = r"(?::(?P<classes>[^:]*):?)?"
_FILE = re.compile(rf"(?P<name>.*?\.(?:pt|safetensors))(?:-(?P<which>[^:]+))?{_CLASSES}", re.IGNORECASE)
_BARE = re.compile(rf"(?P<name>[^:]+?)(?:-(?P<which>\d{{1,4}}))?{_CLASSES}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedThings:
    """What one detector is asked: its ``name``, ``words`` or ``place``; which classes; only one of them.

    ``classes``: names or numbers, none for all. ``number`` counts from the left, from 1; 0 is all.
    """

    name: str = ""
    words: str = ""
    place: str = ""
    classes: tuple[str, ...] = ()
    number: int = 0


def read_wanted(text: str, known: Callable[[str], bool], field: str) -> tuple[WantedThings, ...]:
    """The detectors of a name, with ``|`` between; ``known`` tells of names that are whole as they stand.

    ``file.pt-2`` is the second from the left, ``file.pt-cat`` and ``file.pt:0,cat:`` are classes,
    ``clipseg:a red hat`` is found by words, ``place:0,0,0.5,1`` is the left half. Raises InvalidRequest.
    """
    parts = [part.strip() for part in text.split(BETWEEN)]
    if len(parts) > MOST or not all(part.removeprefix(WORDS).strip() for part in parts):
        text = f"{text[:100]!a} needs a detector at each side of {BETWEEN}, {MOST} at most"
        raise InvalidRequest(text, field=field)
    return tuple(_wanted(part, known) for part in parts)


def _wanted(part: str, known: Callable[[str], bool]) -> WantedThings:
    if part.lower().startswith(WORDS):
        return WantedThings(words=part[len(WORDS) :].strip())
    if part.lower().startswith(PLACE):
        return WantedThings(place=part[len(PLACE) :])
    found = None if known(part) else _FILE.fullmatch(part) or _BARE.fullmatch(part)
    if found is None:
        return WantedThings(name=part)
    which = found["which"] or ""
    listed = found["classes"] or ""
    classes = tuple(name.strip() for name in listed.split(",") if name.strip())
    if which.isdecimal():
        return WantedThings(name=found["name"], classes=classes, number=int(which))
    return WantedThings(name=found["name"], classes=(*classes, which) if which else classes)
