"""One bound for several keepers."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from pipelines.contract.errors import OverBudget
from pipelines.memory.budget import MIB, Budget


@dataclass(slots=True)
class Shelf:
    """Keeps sizes by the tick of their use."""

    budget: Budget
    items: dict[int, int] = field(default_factory=dict[int, int])

    def add(self, size: int) -> None:
        self.budget.require(size, "it", field="here")
        self.items[self.budget.tick()] = size

    @property
    def bytes(self) -> int:
        return sum(self.items.values())

    def oldest(self) -> int | None:
        return min(self.items, default=None)

    def drop_oldest(self) -> None:
        del self.items[min(self.items)]


def shelves(limit: int | None, *, hard: bool = True) -> tuple[Shelf, Shelf]:
    budget = Budget(limit, hard=hard)
    first, second = Shelf(budget), Shelf(budget)
    budget.join(first)
    budget.join(second)
    return first, second


def test_the_least_recently_used_leaves_whoever_keeps_it() -> None:
    first, second = shelves(100)
    first.add(40)
    second.add(40)
    first.add(20)
    second.add(30)
    assert list(first.items.values()) == [20]
    assert list(second.items.values()) == [40, 30]
    assert first.budget.used == 90


def test_what_can_never_fit_is_refused_by_a_hard_budget_only() -> None:
    first, _ = shelves(3 * MIB)
    with pytest.raises(
        OverBudget, match="it would take weights in RAM to 4 MiB; the budget is 3 MiB"
    ) as error:
        first.add(3 * MIB + 1)
    assert (error.value.field, error.value.status) == ("here", 422)
    soft, _ = shelves(3 * MIB, hard=False)
    soft.add(9 * MIB)
    assert soft.bytes == 9 * MIB


def test_no_limit_keeps_everything() -> None:
    first, second = shelves(None)
    first.add(10**15)
    second.add(10**15)
    assert first.budget.used == 2 * 10**15
