"""Fused attentions are changed as a whole or not at all."""

import pytest
from torch import nn

from pipelines.adapters.patching.layers import Layers
from pipelines.families.sd.adapter_keys import find_target


class Attention(nn.Module):
    """Three projections where the original has one matrix."""

    def __init__(self) -> None:
        super().__init__()
        self.q_proj, self.k_proj = nn.Linear(4, 4), nn.Linear(4, 4)
        self.v_proj, self.out_proj = nn.Linear(4, 4), nn.Linear(4, 4)


FUSED = "1_model_transformer_resblocks_0_attn"
KEY = "lora_te2_text_model_encoder_layers_0_self_attn"


def layers() -> Layers:
    attention = Attention()
    return Layers.of(
        {FUSED: attention, f"{FUSED}_out_proj": attention.out_proj, "other": nn.Linear(4, 4)}, find_target
    )


def test_projections_are_layers_of_their_own() -> None:
    found = layers()
    assert found.fused == {FUSED}
    assert found.modules.keys() == {"other", *(f"{FUSED}_{part}_proj" for part in ("q", "k", "v", "out"))}


def test_all_four_parts_match() -> None:
    keys = [f"{KEY}_{part}_proj" for part in ("q", "k", "v", "out")]
    assert layers().match(keys) == {key: key.replace(KEY, FUSED) for key in keys}


@pytest.mark.parametrize("missing", ["q", "k", "v", "out"])
def test_a_part_short_leaves_the_attention_alone(missing: str) -> None:
    keys = [f"{KEY}_{part}_proj" for part in ("q", "k", "v", "out") if part != missing]
    assert layers().match([*keys, "other"]) == {"other": "other"}


def test_attention_of_clip_is_not_fused() -> None:
    name = "transformer_text_model_encoder_layers_0_self_attn"
    attention = Attention()
    found = Layers.of({name: attention, f"{name}_q_proj": attention.q_proj}, find_target)
    key = "lora_te_text_model_encoder_layers_0_self_attn_q_proj"
    assert found.match([key]) == {key: f"{name}_q_proj"}
