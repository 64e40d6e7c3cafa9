"""Schedules are read and moved on as A1111 does."""

from __future__ import annotations

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.training.rates import RateItem, Rates, read_rates


def test_items_end_at_their_steps_or_at_the_end() -> None:
    items = read_rates("0.01:2, 0.005:4, 0.001", 6, field="learn_rate")
    assert items == (RateItem(0.01, 2), RateItem(0.005, 4), RateItem(0.001, 6))


def test_items_that_are_over_are_left_out() -> None:
    assert read_rates("0.01:2, 0.005:-1, 1", 6, field="x", start=2) == (RateItem(0.005, 6),)


@pytest.mark.parametrize("text", ["fast", "0.1:x", "", "0.1:2", "nan", "inf", "-0.1", "0.1:4, -1"])
def test_what_is_none_names_the_field(text: str) -> None:
    with pytest.raises(InvalidRequest, match="Invalid learning rate schedule") as caught:
        read_rates(text, 6, field="learn_rate", start=2)
    assert caught.value.field == "learn_rate"


def test_the_rate_changes_when_an_item_ends() -> None:
    rates = Rates(read_rates("0.01:2, 0.005", 4, field="x"))
    seen: list[float] = []
    for made in range(5):
        rates.at(made)
        seen.append(rates.rate)
    assert seen == [0.01, 0.01, 0.005, 0.005, 0.005]
    assert rates.finished
