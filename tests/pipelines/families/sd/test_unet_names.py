"""Modules of a UNet have the original code's paths, as in the files of SD1 and SDXL."""

from __future__ import annotations

import pytest

from pipelines.families.sd.unet_names import UNetNames

SD1 = UNetNames(blocks=2, up_attention=(False, True, True, True))
SDXL = UNetNames(blocks=2, up_attention=(True, True, False))


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("conv_in", "input_blocks.0.0"),
        ("time_embedding.linear_1", "time_embed.0"),
        ("time_embedding.linear_2", "time_embed.2"),
        ("class_embedding.linear_2", "label_emb.0.2"),
        ("conv_norm_out", "out.0"),
        ("conv_out", "out.2"),
        ("down_blocks.0.resnets.0.norm1", "input_blocks.1.0.in_layers.0"),
        ("down_blocks.0.resnets.1.conv2", "input_blocks.2.0.out_layers.3"),
        ("down_blocks.1.resnets.0.conv_shortcut", "input_blocks.4.0.skip_connection"),
        ("down_blocks.2.attentions.1.proj_in", "input_blocks.8.1.proj_in"),
        ("down_blocks.0.downsamplers.0.conv", "input_blocks.3.0.op"),
        ("down_blocks.2.downsamplers.0.conv", "input_blocks.9.0.op"),
        ("mid_block.resnets.0.time_emb_proj", "middle_block.0.emb_layers.1"),
        ("mid_block.attentions.0.norm", "middle_block.1.norm"),
        ("mid_block.resnets.1.conv1", "middle_block.2.in_layers.2"),
        ("up_blocks.0.resnets.2.norm2", "output_blocks.2.0.out_layers.0"),
        (
            "up_blocks.3.attentions.2.transformer_blocks.0.attn1.to_q",
            "output_blocks.11.1.transformer_blocks.0.attn1.to_q",
        ),
        ("up_blocks.0.upsamplers.0.conv", "output_blocks.2.1.conv"),
        ("up_blocks.1.upsamplers.0.conv", "output_blocks.5.2.conv"),
    ],
)
def test_paths_of_sd1(path: str, name: str) -> None:
    assert SD1.ldm(path) == name


def test_an_upsampler_follows_the_attention_if_there_is_one() -> None:
    assert SDXL.ldm("up_blocks.0.upsamplers.0.conv") == "output_blocks.2.2.conv"
    assert SDXL.ldm("up_blocks.1.upsamplers.0.conv") == "output_blocks.5.2.conv"


@pytest.mark.parametrize("path", ["add_embedding.linear_1", "down_blocks.0.resnets.0.norm3", ""])
def test_a_path_without_a_counterpart_is_an_error(path: str) -> None:
    with pytest.raises(KeyError):
        SD1.ldm(path)
