"""The mark of an optimizer's state, and the rows of a new embedding."""

from __future__ import annotations

import torch

from pipelines.training.embedding.file import checksum
from pipelines.training.embedding.trainee import initial_vectors


def test_the_mark_tells_states_apart() -> None:
    ones, twos = torch.ones(2, 3), torch.full((2, 3), 2.0)
    assert checksum(ones) == checksum(ones.clone()) != checksum(twos)
    assert checksum(torch.tensor([0.01])) == f"{997:04x}"


def test_a_text_is_spread_over_the_rows() -> None:
    rows = torch.arange(3.0)[:, None]
    assert initial_vectors(rows, 6).flatten().tolist() == [0, 0, 1, 1, 2, 2]
    assert initial_vectors(rows, 2).flatten().tolist() == [0, 1]
    assert initial_vectors(rows, 0).shape == (0, 1)
