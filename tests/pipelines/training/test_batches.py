"""Epochs are shuffled as the original's: within sizes, then the batches."""

from __future__ import annotations

from pipelines.training.batches import Batches
from pipelines.training.chance import Chance


def taken(batches: Batches, count: int) -> list[list[int]]:
    return [batches.take() for _ in range(count)]


def test_two_epochs_of_one_size() -> None:
    batches = Batches(sizes=[8] * 4, batch_size=1, gradient_step=1, chance=Chance(1234))
    assert taken(batches, 6) == [[2], [3], [0], [1], [1], [3]]


def test_a_step_takes_several_batches() -> None:
    batches = Batches(sizes=[8] * 4, batch_size=2, gradient_step=2, chance=Chance(1234))
    assert batches.steps_per_epoch == 1
    assert taken(batches, 4) == [[0, 3], [1, 2], [0, 1], [2, 3]]


def test_sizes_bound_batch_and_step() -> None:
    batches = Batches(sizes=[8] * 4, batch_size=99, gradient_step=9, chance=Chance(1))
    assert (batches.batch_size, batches.gradient_step) == (4, 1)


def test_pictures_of_a_batch_have_one_size() -> None:
    sizes = [8, 8, 8, 9, 9, 9]
    batches = Batches(sizes=sizes, batch_size=2, gradient_step=1, chance=Chance(7))
    for batch in taken(batches, 9):
        assert len(batch) == 2
        assert len({sizes[index] for index in batch}) == 1


def test_it_goes_on_where_it_was() -> None:
    one = Batches(sizes=[8] * 5, batch_size=1, gradient_step=1, chance=Chance(3))
    taken(one, 7)
    other = Batches(sizes=[8] * 5, batch_size=1, gradient_step=1, chance=Chance(0))
    other.chance.restore(one.chance.state())
    other.restore(one.state())
    assert taken(one, 9) == taken(other, 9)
