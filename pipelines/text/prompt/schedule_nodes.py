"""The tree of a parsed prompt, and its text at a given step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Text kept as it stands, brackets included."""

    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """``before`` up to and including a step, ``after`` from then on. ``number`` is the text of the step."""

    before: Group
    after: Group
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternate:
    """One option per step, in turn."""

    options: tuple[Group, ...]


Piece: TypeAlias = "str | Group | Scheduled | Alternate"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRule:
    """The rule by which the number of a schedule becomes a step (spec 2.6).

    ``steps`` is the length of the schedule. Numbers with a decimal point are fractions of it, shifted
    by ``fraction_offset``; the others are steps, shifted by ``step_offset``. With ``old`` set, numbers
    below 1 are fractions and there is no shift.
    """

    steps: int
    fraction_offset: float = 0.0
    step_offset: int = 0
    old: bool = False

    def step(self, number: str) -> int:
        """Return the last step of ``before``; at most ``steps``, possibly below 1."""
        value = float(number)
        if self.old:
            when = value * self.steps if value < 1 else value
        elif "." in number:
            when = (value - self.fraction_offset) * self.steps
        else:
            when = value - self.step_offset
        return int(max(min(when, self.steps), -1))


def walk(root: Group) -> Iterator[Scheduled | Alternate]:
    """Yield every construct of the tree, nested ones included."""
    stack: list[Piece] = [root]
    while stack:
        piece = stack.pop()
        match piece:
            case Group():
                stack.extend(piece.pieces)
            case Scheduled():
                yield piece
                stack += (piece.before, piece.after)
            case Alternate():
                yield piece
                stack.extend(piece.options)
            case _:
                pass


def text_at(root: Group, step: int, rule: StepRule) -> str:
    """Return the prompt at ``step`` (counted from 1). Iterative, because prompts may nest without bound."""
    texts: list[str] = []
    stack: list[Piece] = [root]
    while stack:
        piece = stack.pop()
        match piece:
            case Group():
                stack.extend(reversed(piece.pieces))
            case Scheduled():
                stack.append(piece.before if step <= rule.step(piece.number) else piece.after)
            case Alternate():
                stack.append(piece.options[(step - 1) % len(piece.options)])
            case _:
                texts.append(piece)
    return "".join(texts)
