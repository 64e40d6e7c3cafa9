"""Overlapping tiles of a tensor: where they lie, and their mean where they overlap."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.heed import in_one_go
from pipelines.postprocess.upscale import averaged
from pipelines.postprocess.upscale.averaged import process_averaged


def doubled(tile: Tensor) -> Tensor:
    return tile.repeat_interleave(2, 2).repeat_interleave(2, 3)


@pytest.mark.parametrize(("tile", "overlap"), [(4, 0), (4, 2), (5, 3), (64, 8), (3, 9)])
def test_tiles_of_a_local_process_leave_no_trace(tile: int, overlap: int) -> None:
    picture = torch.arange(2 * 7 * 9, dtype=torch.float32).reshape(1, 2, 7, 9)
    made = in_one_go(process_averaged(picture, doubled, 2, tile, overlap))
    assert torch.allclose(made, doubled(picture))


def test_overlaps_are_the_mean_of_their_tiles() -> None:
    """Tiles of 4 in a row of 6, two apart: they answer 1 and 3, and share the middle."""
    answers = iter((1.0, 3.0))
    made = in_one_go(process_averaged(torch.zeros(1, 1, 4, 6), lambda t: t + next(answers), 1, 4, 2))
    assert made[0, 0, 0].tolist() == [1, 1, 2, 2, 3, 3]


def test_the_last_tile_ends_at_the_border() -> None:
    seen: list[float] = []

    def note(tile: Tensor) -> Tensor:
        assert tile.shape == (1, 1, 4, 4)
        seen.append(tile[0, 0, 0, 0].item())
        return tile

    picture = torch.arange(9, dtype=torch.float32).expand(1, 1, 4, 9)
    in_one_go(process_averaged(picture, note, 1, 4, 1))
    assert seen == [0, 3, 5]


def test_every_tile_is_a_piece() -> None:
    assert len(list(process_averaged(torch.zeros(1, 1, 8, 8), doubled, 2, 4, 0))) == 4


def test_tiles_without_number_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(averaged, "MOST_TILES", 3)
    with pytest.raises(InvalidRequest, match="tiles of 4 pixels that overlap by 0 are 4; at most 3"):
        in_one_go(process_averaged(torch.zeros(1, 1, 8, 8), doubled, 2, 4, 0))
