"""Names in network files lead to the layers of the original code."""

import pytest

from pipelines.families.sd.adapter_keys import Target, convert_key, find_target, is_text_encoder

UNET = [
    ("conv_in", "input_blocks_0_0"),
    ("conv_out", "out_2"),
    ("time_embedding_linear_1", "time_embed_0"),
    ("time_embedding_linear_2", "time_embed_2"),
    ("down_blocks_0_attentions_0_proj_in", "input_blocks_1_1_proj_in"),
    (
        "down_blocks_2_attentions_1_transformer_blocks_0_attn1_to_q",
        "input_blocks_8_1_transformer_blocks_0_attn1_to_q",
    ),
    ("down_blocks_3_resnets_1_conv1", "input_blocks_11_0_in_layers_2"),
    ("down_blocks_1_resnets_0_conv2", "input_blocks_4_0_out_layers_3"),
    ("down_blocks_1_resnets_0_norm1", "input_blocks_4_0_in_layers_0"),
    ("down_blocks_1_resnets_0_norm2", "input_blocks_4_0_out_layers_0"),
    ("down_blocks_1_resnets_0_time_emb_proj", "input_blocks_4_0_emb_layers_1"),
    ("down_blocks_1_resnets_0_conv_shortcut", "input_blocks_4_0_skip_connection"),
    ("down_blocks_2_downsamplers_0_conv", "input_blocks_9_0_op"),
    ("mid_block_attentions_0_proj_out", "middle_block_1_proj_out"),
    ("mid_block_resnets_0_conv1", "middle_block_0_in_layers_2"),
    ("mid_block_resnets_1_conv1", "middle_block_2_in_layers_2"),
    (
        "up_blocks_3_attentions_2_transformer_blocks_0_ff_net_0_proj",
        "output_blocks_11_1_transformer_blocks_0_ff_net_0_proj",
    ),
    ("up_blocks_1_resnets_2_conv_shortcut", "output_blocks_5_0_skip_connection"),
    ("up_blocks_0_upsamplers_0_conv", "output_blocks_2_1_conv"),
    ("up_blocks_2_upsamplers_0_conv", "output_blocks_8_2_conv"),
]


@pytest.mark.parametrize(("key", "layer"), UNET)
def test_unet_layers_of_the_diffusers_layout(key: str, layer: str) -> None:
    assert convert_key(f"lora_unet_{key}", sd2=False) == f"diffusion_model_{layer}"


TEXT = [
    ("lora_te", False, "mlp_fc1", "transformer_text_model_encoder_layers_7_mlp_fc1"),
    ("lora_te", True, "mlp_fc1", "model_transformer_resblocks_7_mlp_c_fc"),
    ("lora_te", True, "mlp_fc2", "model_transformer_resblocks_7_mlp_c_proj"),
    ("lora_te", True, "self_attn_out_proj", "model_transformer_resblocks_7_attn_out_proj"),
    ("lora_te2", False, "self_attn_q_proj", "1_model_transformer_resblocks_7_attn_q_proj"),
    ("lora_te2", False, "mlp_fc2", "1_model_transformer_resblocks_7_mlp_c_proj"),
]


@pytest.mark.parametrize(("prefix", "sd2", "part", "layer"), TEXT)
def test_text_layers(prefix: str, sd2: bool, part: str, layer: str) -> None:
    assert convert_key(f"{prefix}_text_model_encoder_layers_7_{part}", sd2=sd2) == layer


def test_unknown_names_come_back_unchanged() -> None:
    assert (
        convert_key("lora_unet_output_blocks_5_1_proj_in", sd2=False) == "lora_unet_output_blocks_5_1_proj_in"
    )


FALLBACKS = [
    (
        "lora_te2_text_model_encoder_layers_0_self_attn_k_proj",
        Target("1_model_transformer_resblocks_0_attn", "_k_proj"),
    ),
    ("lora_unet_output_blocks_5_1_proj_in", Target("diffusion_model_output_blocks_5_1_proj_in")),
    ("oft_unet_output_blocks_5_1_proj_in", Target("diffusion_model_output_blocks_5_1_proj_in")),
    (
        "lora_te1_text_model_encoder_layers_0_mlp_fc1",
        Target("0_transformer_text_model_encoder_layers_0_mlp_fc1"),
    ),
    ("lora_unet_no_such_layer", None),
]


@pytest.mark.parametrize(("key", "target"), FALLBACKS)
def test_fallbacks_in_sdxl(key: str, target: Target | None) -> None:
    layers = {found.layer for _, found in FALLBACKS if found is not None}
    assert find_target(key, layers) == target


def test_first_encoder_of_an_sdxl_file_fits_sd1() -> None:
    layers = {"transformer_text_model_encoder_layers_0_mlp_fc1"}
    target = find_target("lora_te1_text_model_encoder_layers_0_mlp_fc1", layers)
    assert target == Target("transformer_text_model_encoder_layers_0_mlp_fc1")


def test_sd2_is_told_by_its_layers() -> None:
    layers = {"model_transformer_resblocks_0_attn", "model_transformer_resblocks_0_mlp_c_fc"}
    target = find_target("lora_te_text_model_encoder_layers_0_mlp_fc1", layers)
    assert target == Target("model_transformer_resblocks_0_mlp_c_fc")


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        ("transformer_text_model_encoder_layers_0_mlp_fc1", True),
        ("1_model_transformer_resblocks_0_attn", True),
        ("diffusion_model_input_blocks_1_1_transformer_blocks_0_attn1_to_q", False),
    ],
)
def test_which_strength_applies(layer: str, expected: bool) -> None:
    assert is_text_encoder(layer) is expected
