"""Each family's text is the output of its own layer, and clip skip counts where A1111 lets it."""

from __future__ import annotations

from typing import cast

import pytest
import torch
from torch import Tensor

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.families.sd.listen import select_penultimate, select_sd1, select_sd2, select_sdxl_clip
from pipelines.families.text import EncoderOutput, Listen, TextEncoder

NORMED = 100.0


class Encoder:
    """Its norm adds a hundred."""

    def final_layer_norm(self, hidden: Tensor) -> Tensor:
        return hidden + NORMED


def selected(listen: Listen, *, layers: int = 12, **options: object) -> float:
    """The number of the layer that is taken, 0 being the embeddings."""
    states = tuple(torch.full((1, 1, 1), float(number)) for number in range(layers + 1))
    output = EncoderOutput(hidden_states=states, last_hidden_state=states[-1] + NORMED, pooled=None)
    encoder = cast("TextEncoder", Encoder())
    return float(listen(encoder, GenerationOptions.from_mapping(options))(output))


@pytest.mark.parametrize(("skip", "layer"), [(0, 12), (1, 12), (2, 11), (12, 1), (13, 0)])
def test_sd1_counts_from_the_end_behind_the_norm(skip: int, layer: int) -> None:
    assert selected(select_sd1, CLIP_stop_at_last_layers=skip) == layer + NORMED


@pytest.mark.parametrize("skip", [1, 4])
def test_sd2_takes_the_last_but_one_behind_the_norm(skip: int) -> None:
    assert selected(select_sd2, layers=24, CLIP_stop_at_last_layers=skip) == 23 + NORMED


@pytest.mark.parametrize("skip", [1, 4])
def test_sdxl_takes_layer_eleven_without_the_norm(skip: int) -> None:
    assert selected(select_sdxl_clip, CLIP_stop_at_last_layers=skip) == 11
    assert selected(select_penultimate, layers=32, CLIP_stop_at_last_layers=skip) == 31


@pytest.mark.parametrize(("skip", "layer"), [(0, 12), (1, 12), (2, 11), (3, 10)])
def test_an_option_lets_sdxl_count_from_the_end(skip: int, layer: int) -> None:
    assert selected(select_sdxl_clip, sdxl_clip_l_skip=True, CLIP_stop_at_last_layers=skip) == layer


def test_a_shallow_encoder_gives_its_last_layer() -> None:
    assert selected(select_sdxl_clip, layers=3) == 3


@pytest.mark.parametrize("listen", [select_sd1, select_sdxl_clip])
def test_a_skip_beyond_the_layers_is_refused(listen: Listen) -> None:
    with pytest.raises(InvalidRequest, match=r"clip skip 14 goes beyond .* 12 layers") as caught:
        selected(listen, sdxl_clip_l_skip=True, CLIP_stop_at_last_layers=14)
    assert caught.value.field == "options.CLIP_stop_at_last_layers"
