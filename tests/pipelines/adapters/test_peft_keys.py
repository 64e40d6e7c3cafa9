"""Keys in the layout of diffusers and PEFT."""

import pytest

from pipelines.adapters.peft_keys import split_peft_key
from pipelines.families.sd.adapter_keys import convert_key

KEYS = [
    (
        "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight",
        ("lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q", "lora_A.weight"),
    ),
    (
        "base_model.model.unet.mid_block.resnets.0.conv1.lora_B.default.weight",
        ("lora_unet_mid_block_resnets_0_conv1", "lora_B.weight"),
    ),
    (
        "unet.up_blocks.3.attentions.2.transformer_blocks.0.attn2.to_out.0.lora.down.weight",
        ("lora_unet_up_blocks_3_attentions_2_transformer_blocks_0_attn2_to_out_0", "lora_down.weight"),
    ),
    (
        "unet.mid_block.attentions.0.transformer_blocks.0.attn1.processor.to_out_lora.up.weight",
        ("lora_unet_mid_block_attentions_0_transformer_blocks_0_attn1_to_out_0", "lora_up.weight"),
    ),
    (
        "text_encoder.text_model.encoder.layers.3.self_attn.q_proj.lora_linear_layer.up.weight",
        ("lora_te1_text_model_encoder_layers_3_self_attn_q_proj", "lora_up.weight"),
    ),
    (
        "text_encoder_2.text_model.encoder.layers.3.mlp.fc1.alpha",
        ("lora_te2_text_model_encoder_layers_3_mlp_fc1", "alpha"),
    ),
]


@pytest.mark.parametrize(("key", "expected"), KEYS)
def test_split(key: str, expected: tuple[str, str]) -> None:
    assert split_peft_key(key) == expected


@pytest.mark.parametrize(
    "key", ["lora_unet_conv_in.lora_up.weight", "unet.conv_in.weight", "transformer.x.lora_A.weight"]
)
def test_other_layouts_are_left_alone(key: str) -> None:
    assert split_peft_key(key) is None


def test_result_is_a_trainers_key() -> None:
    split = split_peft_key("unet.conv_in.lora_A.weight")
    assert split is not None
    assert convert_key(split[0], sd2=False) == "diffusion_model_input_blocks_0_0"
