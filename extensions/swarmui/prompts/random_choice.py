"""Choices out of a list, drawn from a seed: what `<random:…>` and `<wildcard:…>` share."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

MOST = 100
"""Picks of one tag."""
_COUNT = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?(,?)")
_WHOLE = re.compile(r"\s*(-?\d{1,9})-(-?\d{1,9})\s*")
_BROKEN = re.compile(r"\s*(-?\d{0,9}\.\d{1,9}|-?\d{1,9})-(-?\d{0,9}\.\d{1,9}|-?\d{1,9})\s*")


def split_entries(text: str) -> list[str]:
    """Entries of a list: separated by `||`, else by `|`, else by commas outside of tags."""
    mark = next((mark for mark in ("||", "|") if mark in _outside(text)), ",")
    parts: list[str] = [""]
    depth, at = 0, 0
    while at < len(text):
        if depth == 0 and text.startswith(mark, at):
            parts.append("")
            at += len(mark)
            continue
        depth += {"<": 1, ">": -1}.get(text[at], 0)
        parts[-1] += text[at]
        at += 1
    return [part.strip() for part in parts if part.strip()]


def _outside(text: str) -> str:
    return re.sub(r"<[^<>]*>", "", text)


def read_count(data: str) -> tuple[int, int, bool] | None:
    """``[2]`` or ``[1-3,]``: least and most picks, and whether commas join them. None for no count."""
    found = _COUNT.fullmatch(data.replace(" ", ""))
    if found is None:
        return None
    least = int(found[1])
    most = int(found[2]) if found[2] else least
    return min(least, most, MOST), min(max(least, most), MOST), bool(found[3])


def is_bounded(data: str) -> bool:
    """True if a tag asks for more picks than ``MOST``, which it gets in their place."""
    found = _COUNT.fullmatch(data.replace(" ", ""))
    return found is not None and max(int(found[1]), int(found[2] or 0)) > MOST


def pick(entries: Sequence[str], data: str, chance: random.Random) -> list[str]:
    """Pick as many entries as ``data`` asks for, none twice before all were picked."""
    least, most, _ = read_count(data) or (1, 1, False)
    left: list[str] = []
    picked: list[str] = []
    for _ in range(chance.randint(least, most)):
        left = left or list(entries)
        picked.append(left.pop(chance.randrange(len(left))))
    return [in_range(entry, chance) for entry in picked]


def joined(picked: Sequence[str], data: str) -> str:
    """The picks as one text."""
    found = read_count(data)
    return (", " if found is not None and found[2] else " ").join(picked)


def in_range(entry: str, chance: random.Random) -> str:
    """A number out of `3-7` or `0.2-0.8`; anything else as it is."""
    if found := _WHOLE.fullmatch(entry):
        low, high = sorted((int(found[1]), int(found[2])))
        return str(chance.randint(low, high))
    if found := _BROKEN.fullmatch(entry):
        return f"{chance.uniform(float(found[1]), float(found[2])):.4g}"
    return entry
