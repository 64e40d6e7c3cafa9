"""Parse ``(text:1.3)``, ``((text))``, ``[text]`` and BREAK into weighted fragments (spec 2.7)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeAlias

import numpy as np

from pipelines.contract.errors import InvalidRequest

_TOKEN = re.compile(
    r"\\\(|\\\)|\\\[|\\]|\\\\|\\|\(|\[|:\s*([+-]?[.\d]+)\s*\)|\)|]|[^\\()\[\]:]+|:",
)
_BREAK = re.compile(r"\bBREAK\b")
_STRONGER = 1.1
_WEAKER = 1 / 1.1
_LARGEST = float(np.finfo(np.float32).max)
Weights: TypeAlias = "np.ndarray[tuple[int], np.dtype[np.float64]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragment:
    """A piece of a prompt and its weight. BREAK outside brackets has the weight -1."""

    text: str
    weight: float = 1.0

    @property
    def is_break(self) -> bool:
        """True if a new chunk starts here."""
        return self.text == "BREAK" and self.weight == -1.0


@dataclass(slots=True)
class _Scan:
    """Fragments so far. Weights are an array because a bracket multiplies all that it encloses."""

    weights: Weights
    texts: list[str] = field(default_factory=list[str])
    round: list[int] = field(default_factory=list[int])
    square: list[int] = field(default_factory=list[int])

    def add(self, text: str, weight: float = 1.0) -> None:
        self.weights[len(self.texts)] = weight
        self.texts.append(text)

    def multiply(self, start: int, factor: float) -> None:
        self.weights[start : len(self.texts)] *= factor


def parse_emphasis(prompt: str) -> tuple[Fragment, ...]:
    """Return at least one fragment; neighbours differ in weight.

    Raises InvalidRequest for a weight such as that of ``(a:1.1.1)``, and for nested brackets that
    multiply beyond the range of fp32.
    """
    tokens = list(_TOKEN.finditer(prompt))
    size = 2 * len(tokens) + 2 * prompt.count("BREAK") + 1
    scan = _Scan(np.empty(size, dtype=np.float64))
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        for token in tokens:
            _consume(scan, token[0], token[1])
        for start in scan.round:
            scan.multiply(start, _STRONGER)
        for start in scan.square:
            scan.multiply(start, _WEAKER)
    _check_range(scan.weights[: len(scan.texts)])
    return _merged(scan.texts or [""], scan.weights.tolist() if scan.texts else [1.0])


def _consume(scan: _Scan, text: str, weight: str | None) -> None:
    if text.startswith("\\"):
        scan.add(text[1:])
    elif text == "(":
        scan.round.append(len(scan.texts))
    elif text == "[":
        scan.square.append(len(scan.texts))
    elif weight is not None and scan.round:
        scan.multiply(scan.round.pop(), _number(weight))
    elif text == ")" and scan.round:
        scan.multiply(scan.round.pop(), _STRONGER)
    elif text == "]" and scan.square:
        scan.multiply(scan.square.pop(), _WEAKER)
    else:
        _add_text(scan, text)


def _add_text(scan: _Scan, text: str) -> None:
    pieces = _BREAK.split(text)
    for index, piece in enumerate(pieces):
        if index > 0:
            scan.add("BREAK", -1.0)
        inner = piece.lstrip() if index > 0 else piece
        scan.add(inner.rstrip() if index < len(pieces) - 1 else inner)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InvalidRequest(f"the emphasis weight {text!r} is not a number", field="prompt") from None


def _check_range(weights: Weights) -> None:
    if len(weights) and not np.abs(weights).max() <= _LARGEST:
        raise InvalidRequest("the emphasis weights multiply up to infinity", field="prompt")


def _merged(texts: list[str], weights: list[float]) -> tuple[Fragment, ...]:
    pairs = zip(weights, texts, strict=False)
    return tuple(
        Fragment(text="".join(text for _, text in group), weight=weight)
        for weight, group in groupby(pairs, key=lambda pair: pair[0])
    )
