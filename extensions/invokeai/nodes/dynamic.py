"""Prompts with alternatives, ``{a|b|c}``: all combinations, or random ones."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeAlias

DynamicPart: TypeAlias = "str | Sequence[Sequence[DynamicPart]]"
"""A text, or alternatives that are lists of parts themselves."""
DEEPEST = 50
"""Levels of braces within each other."""


def expand(prompt: str, most: int, *, combinatorial: bool, seed: int | None = None) -> list[str]:
    """Return at most ``most`` prompts. Raises ValueError for braces unmatched or nested too deep."""
    parts = _parse(prompt)
    if combinatorial:
        return list(islice(_all(parts), most))
    chance = random.Random(seed)
    return [_one(parts, chance) for _ in range(most)]


def _parse(text: str) -> list[DynamicPart]:
    parts, place = _parts(text, 0, 0)
    if place < len(text):
        raise ValueError("a brace } closes nothing")
    return parts


def _parts(text: str, place: int, depth: int) -> tuple[list[DynamicPart], int]:
    """Read the parts up to a ``|`` or ``}`` of the level above; return them and its place."""
    if depth > DEEPEST:
        raise ValueError(f"alternatives are nested more than {DEEPEST} deep")
    parts: list[DynamicPart] = []
    plain: list[str] = []
    while place < len(text) and not (text[place] == "}" or (depth and text[place] == "|")):
        if text[place] == "{":
            parts.append("".join(plain))
            plain = []
            choices, place = _choices(text, place + 1, depth + 1)
            parts.append(choices)
        else:
            plain.append(text[place])
            place += 1
    parts.append("".join(plain))
    return parts, place


def _choices(text: str, place: int, depth: int) -> tuple[list[list[DynamicPart]], int]:
    choices: list[list[DynamicPart]] = []
    while True:
        parts, place = _parts(text, place, depth)
        choices.append(parts)
        if place >= len(text):
            raise ValueError("a brace { is not closed")
        if text[place] == "}":
            return choices, place + 1
        place += 1


def _all(parts: Sequence[DynamicPart]) -> Iterator[str]:
    if not parts:
        yield ""
        return
    for rest_first in _of(parts[0]):
        for rest in _all(parts[1:]):
            yield rest_first + rest


def _of(part: DynamicPart) -> Iterator[str]:
    if isinstance(part, str):
        yield part
        return
    for choice in part:
        yield from _all(choice)


def _one(parts: Sequence[DynamicPart], chance: random.Random) -> str:
    return "".join(part if isinstance(part, str) else _one(chance.choice(part), chance) for part in parts)
