"""Choices: how lists are split, how many are picked, none twice before its time."""

from __future__ import annotations

import random

import pytest

from extensions.swarmui.prompts.random_choice import (
    in_range,
    is_bounded,
    joined,
    pick,
    read_count,
    split_entries,
)


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("a, b", ["a", "b"]),
        ("a, b | c", ["a, b", "c"]),
        ("a|b || c", ["a|b", "c"]),
        ("<random:a|b>, c", ["<random:a|b>", "c"]),
        ("", []),
    ],
)
def test_entries(text: str, entries: list[str]) -> None:
    assert split_entries(text) == entries


@pytest.mark.parametrize(
    ("data", "count"),
    [("2", (2, 2, False)), ("1-3,", (1, 3, True)), ("3-1", (1, 3, False)), ("x", None), ("", None)],
)
def test_counts(data: str, count: tuple[int, int, bool] | None) -> None:
    assert read_count(data) == count


@pytest.mark.parametrize(
    ("data", "bounded"),
    [("100", False), ("101", True), ("1-101", True), ("101-1,", True), ("1 - 9", False), ("x", False)],
)
def test_more_than_a_hundred_picks_are_bounded(data: str, bounded: bool) -> None:
    assert is_bounded(data) is bounded
    assert max((read_count(data) or (0, 0, False))[:2]) <= 100


def test_none_is_picked_twice_before_all_were() -> None:
    picked = pick(["a", "b", "c"], "6", random.Random(1))
    assert sorted(picked[:3]) == sorted(picked[3:]) == ["a", "b", "c"]
    assert (joined(["a", "b"], "2"), joined(["a", "b"], "2,")) == ("a b", "a, b")


def test_ranges_are_numbers_within() -> None:
    chance = random.Random(1)
    assert {int(in_range("3-5", chance)) for _ in range(50)} == {3, 4, 5}
    assert all(0.2 <= float(in_range("0.2-0.8", chance)) <= 0.8 for _ in range(50))
    assert in_range("red-blue", chance) == "red-blue"
