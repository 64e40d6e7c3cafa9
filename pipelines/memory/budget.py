"""A bound on the bytes of weights in RAM that several keepers share: what was used least recently leaves."""

from __future__ import annotations

from itertools import count
from typing import Protocol

from pipelines.contract.errors import OverBudget

MIB = 2**20


class Keeper(Protocol):
    """A part of the engine that keeps weights in RAM."""

    @property
    def bytes(self) -> int:
        """Bytes of everything that is kept now."""
        ...

    def oldest(self) -> int | None:
        """Return the tick of the last use of what may leave first; None if nothing may leave."""
        ...

    def drop_oldest(self) -> None:
        """Let go of what may leave first."""
        ...


class Budget:
    """At most ``limit`` bytes, where None is no bound. Not thread-safe: the engine's thread uses it.

    What can't fit even alone is refused by a hard budget, and let in by another.
    """

    def __init__(self, limit: int | None = None, *, hard: bool = False) -> None:
        self.limit = limit
        self.hard = hard and limit is not None
        self._keepers: list[Keeper] = []
        self._ticks = count()

    def join(self, keeper: Keeper) -> None:
        """Count what ``keeper`` keeps from now on."""
        self._keepers.append(keeper)

    def tick(self) -> int:
        """Return the next number, for one use of anything."""
        return next(self._ticks)

    @property
    def used(self) -> int:
        """Bytes that all keepers keep."""
        return sum(keeper.bytes for keeper in self._keepers)

    def make_room(self, coming: int = 0) -> bool:
        """Let go of what was used least recently until ``coming`` bytes fit; False if they can't."""
        while self.limit is not None and self.used + coming > self.limit:
            found = [(tick, keeper) for keeper in self._keepers if (tick := keeper.oldest()) is not None]
            if not found:
                return False
            min(found, key=lambda pair: pair[0])[1].drop_oldest()
        return True

    def require(self, coming: int, what: str, *, field: str | None = None) -> None:
        """Make room for ``coming`` bytes more. A hard budget raises OverBudget if there is none to make."""
        if self.make_room(coming) or not self.hard or self.limit is None:
            return
        text = f"{what} would take weights in RAM to {_mib(self.used + coming)} MiB"
        raise OverBudget(f"{text}; the budget is {_mib(self.limit)} MiB", field=field)


def _mib(size: int) -> int:
    return -(-size // MIB)
