"""Schedules of A1111's training: ``rate`` or ``rate:until step``, one after the other (spec 13.1)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipelines.contract.errors import InvalidRequest


@dataclass(frozen=True, slots=True)
class RateItem:
    """A rate that holds until ``end`` steps are made."""

    rate: float
    end: int


def read_rates(text: str, most: int, *, field: str, start: int = 0) -> tuple[RateItem, ...]:
    """Read the items that matter from ``start`` on, of at most ``most`` steps. Raises InvalidRequest."""
    try:
        return tuple(_items(text, most, start))
    except ValueError as error:
        told = "Invalid learning rate schedule. It is a number, or items such as 0.01:100, 0.001:1000"
        raise InvalidRequest(f"{told}: {error}", field=field) from error


def _items(text: str, most: int, start: int) -> Iterator[RateItem]:
    found = False
    for part in text.split(","):
        rate, colon, until = part.partition(":")
        if not part.strip():
            continue
        end = int(until) if colon else -1
        item = RateItem(_checked(float(rate)), most if end == -1 else min(end, most))
        if end == -1 or end > start:
            found = True
            yield item
        if end == -1 or end > most:
            return
    if not found:
        raise ValueError(f"no item of {text!r} reaches beyond step {start}")


def _checked(rate: float) -> float:
    if not 0 <= rate < math.inf:
        raise ValueError(f"{rate} is no rate")
    return rate


@dataclass(slots=True)
class Rates:
    """The rate in force; ``at`` moves it on, one item at a time."""

    items: tuple[RateItem, ...]
    index: int = field(default=0)
    finished: bool = field(default=False)

    @property
    def rate(self) -> float:
        """The rate of the item in force."""
        return self.items[self.index].rate

    def at(self, made: int) -> None:
        """Go on to the next item if this one ends with ``made`` steps; the last one finishes the run."""
        if made < self.items[self.index].end:
            return
        if self.index + 1 == len(self.items):
            self.finished = True
        else:
            self.index += 1
