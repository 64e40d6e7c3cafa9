"""The numbers are those of the generators that the original seeds."""

from __future__ import annotations

from random import Random

from pipelines.training.chance import Chance


def test_draws_are_those_of_seeded_generators() -> None:
    chance = Chance(1234)
    chance.noise((5,))
    chance.restart()
    chance.begin_loader()
    assert chance.timesteps(1, 1000).tolist() == [806]  # as recorded
    assert chance.noise((1, 4, 8, 8)).shape == (1, 4, 8, 8)
    assert chance.random.random() == Random(1234).random()
