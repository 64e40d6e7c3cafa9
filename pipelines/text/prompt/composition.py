"""Split a prompt into the parts that AND joins, each with its weight (spec 2.5)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_AND = re.compile(r"\bAND\b")
_WEIGHT = re.compile(r":\s*([-+]?(?:[0-9]+\.?|[0-9]*\.[0-9]+))$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One text and the weight of its guidance."""

    text: str
    weight: float = 1.0


def split_parts(prompt: str) -> tuple[Part, ...]:
    """Return at least one part. A number behind a final colon is a weight even without AND, as in A1111."""
    return tuple(map(_part, _AND.split(prompt)))


def _part(text: str) -> Part:
    text = text.rstrip()
    weight = _WEIGHT.search(text)
    if weight is None:
        return Part(text=text)
    return Part(text=text[: weight.start()].rstrip(), weight=float(weight[1]))
