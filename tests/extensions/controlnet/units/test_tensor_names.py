"""Control networks' tensors under LDM's names, whatever the layout of their file."""

from __future__ import annotations

import pytest

from extensions.controlnet.units.tensor_names import DIFFUSERS_MARK, canonical, ldm_name


def test_names_of_the_original_repository() -> None:
    names = {
        "controlnet_cond_embedding.conv_in": "input_hint_block.0",
        "controlnet_cond_embedding.blocks.0": "input_hint_block.2",
        "controlnet_cond_embedding.blocks.5": "input_hint_block.12",
        "controlnet_cond_embedding.conv_out": "input_hint_block.14",
        "controlnet_down_blocks.11": "zero_convs.11.0",
        "controlnet_mid_block": "middle_block_out.0",
        "add_embedding.linear_2": "label_emb.0.2",
        "down_blocks.1.attentions.1.transformer_blocks.0.attn2.to_k": (
            "input_blocks.5.1.transformer_blocks.0.attn2.to_k"
        ),
        "down_blocks.3.resnets.1.conv2": "input_blocks.11.0.out_layers.3",
        "mid_block.resnets.1.norm1": "middle_block.2.in_layers.0",
    }
    assert {name: ldm_name(name) for name in names} == names


def test_levels_of_one_block_are_counted_by_one() -> None:
    assert ldm_name("down_blocks.1.resnets.0.conv2", 1) == "input_blocks.3.0.out_layers.3"
    with pytest.raises(KeyError):
        ldm_name("nowhere.0")


def test_prefixes_are_dropped() -> None:
    tensors = {"control_model.zero_convs.0.0.bias": 1, "adapter.conv_in.weight": 2, "plain": 3}
    assert canonical(tensors) == {"zero_convs.0.0.bias": 1, "conv_in.weight": 2, "plain": 3}


def test_diffusers_files_are_renamed_and_the_unknown_stay() -> None:
    tensors = {DIFFUSERS_MARK: 1, "controlnet_mid_block.bias": 2, "task_embedding": 3, "odd.weight": 4}
    assert canonical(tensors) == {
        "input_hint_block.0.weight": 1,
        "middle_block_out.0.bias": 2,
        "task_embedding": 3,
        "odd.weight": 4,
    }
