"""Seeds count up from picture to picture: that of the noise, or that of the variation."""

from __future__ import annotations

from typing import Any

from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.runs.seeds import SwarmSeeds, seeds_of


def seeds(**values: Any) -> SwarmSeeds:
    return seeds_of(SwarmRequest(values=values))


def test_the_seed_counts_up() -> None:
    found = seeds(seed=7)
    assert [found.of(k).seed for k in range(3)] == [7, 8, 9]
    assert found.of(0).subseed is None
    assert [seeds(seed=7, noseedincrement=True).of(k).seed for k in range(2)] == [7, 7]


def test_with_a_variation_that_counts_up_instead() -> None:
    found = seeds(seed=7, variationseed=3, variationseedstrength=0.2)
    assert [(found.of(k).seed, found.of(k).subseed) for k in range(2)] == [(7, 3), (7, 4)]
    idle = seeds(seed=7, variationseed=3)
    assert [(idle.of(k).seed, idle.of(k).subseed) for k in range(2)] == [(7, 3), (8, 3)]


def test_minus_one_is_drawn_once() -> None:
    found = seeds(seed=-1, variationseed=-1)
    assert 0 <= found.seed < 2**31
    assert found.of(0).seed == found.seed
    assert seeds().seed != seeds().seed


def test_choices_follow_from_the_seed() -> None:
    assert seeds(seed=7).chance(1).random() == seeds(seed=8).chance(0).random()
    assert (
        seeds(seed=7, wildcardseed=1).chance(0).random() == seeds(seed=8, wildcardseed=1).chance(0).random()
    )
