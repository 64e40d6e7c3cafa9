"""Text towers that converters shortened are made whole."""

from __future__ import annotations

import torch
from torch import Tensor

from pipelines.families.loading.text import complete_open_clip_h


def tower(blocks: int, width: int = 1024) -> dict[str, Tensor]:
    """A few tensors of an OpenCLIP tower."""
    names = [f"m.transformer.resblocks.{block}.ln_1.weight" for block in range(blocks)]
    return {"m.ln_final.weight": torch.ones(width), **{name: torch.ones(width) for name in names}}


def test_the_last_block_of_vit_h_is_made_up() -> None:
    tensors = tower(23)
    complete_open_clip_h(tensors, "m.")
    assert not tensors["m.transformer.resblocks.23.ln_1.weight"].any()
    assert len(tensors) == 25


def test_whole_towers_stay_as_they_are() -> None:
    for tensors in (tower(24), tower(32, width=1280), tower(6, width=64)):
        before = set(tensors)
        complete_open_clip_h(tensors, "m.")
        assert set(tensors) == before
