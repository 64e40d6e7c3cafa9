"""Seeds that are left open are drawn once, and it is known that they were."""

from __future__ import annotations

import itertools

import pytest

import sdapi.intent.seeds
from pipelines.contract.requests import Seeds
from sdapi.intent.intent import SeedsIntent
from sdapi.intent.seeds import resolve_seeds


@pytest.fixture(autouse=True)
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random numbers are 101, 102 and so on."""
    monkeypatch.setattr(sdapi.intent.seeds, "draw_seed", itertools.count(101).__next__)


def test_given_seeds_are_kept_and_chance_is_drawn_for_scripts() -> None:
    given = SeedsIntent(seed=0, subseed=5, subseed_strength=0.25, resize_width=64, resize_height=32)
    assert resolve_seeds(given) == Seeds(
        seed=0, subseed=5, subseed_strength=0.25, resize_width=64, resize_height=32, chance=101
    )


def test_open_seeds_are_different_numbers() -> None:
    assert resolve_seeds(SeedsIntent()) == Seeds(
        seed=101, subseed=102, random=True, random_subseed=True, chance=103
    )


def test_each_is_open_by_itself() -> None:
    found = resolve_seeds(SeedsIntent(subseed=5))
    assert (found.random, found.random_subseed, found.subseed) == (True, False, 5)
