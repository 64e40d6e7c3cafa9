"""Modules of an autoencoder have the original code's paths."""

from __future__ import annotations

import pytest

from pipelines.families.loading.vae_names import ldm_vae_name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("encoder.conv_in", "encoder.conv_in"),
        ("quant_conv", "quant_conv"),
        ("encoder.conv_norm_out", "encoder.norm_out"),
        ("decoder.conv_norm_out", "decoder.norm_out"),
        ("encoder.down_blocks.2.resnets.1.norm1", "encoder.down.2.block.1.norm1"),
        ("encoder.down_blocks.1.resnets.0.conv_shortcut", "encoder.down.1.block.0.nin_shortcut"),
        ("encoder.down_blocks.0.downsamplers.0.conv", "encoder.down.0.downsample.conv"),
        ("decoder.up_blocks.0.resnets.2.conv2", "decoder.up.3.block.2.conv2"),
        ("decoder.up_blocks.3.resnets.0.conv_shortcut", "decoder.up.0.block.0.nin_shortcut"),
        ("decoder.up_blocks.1.upsamplers.0.conv", "decoder.up.2.upsample.conv"),
        ("encoder.mid_block.resnets.0.conv1", "encoder.mid.block_1.conv1"),
        ("decoder.mid_block.resnets.1.norm2", "decoder.mid.block_2.norm2"),
        ("decoder.mid_block.attentions.0.group_norm", "decoder.mid.attn_1.norm"),
        ("encoder.mid_block.attentions.0.to_q", "encoder.mid.attn_1.q"),
        ("encoder.mid_block.attentions.0.to_k", "encoder.mid.attn_1.k"),
        ("encoder.mid_block.attentions.0.to_v", "encoder.mid.attn_1.v"),
        ("encoder.mid_block.attentions.0.to_out.0", "encoder.mid.attn_1.proj_out"),
    ],
)
def test_paths_of_four_levels(path: str, name: str) -> None:
    assert ldm_vae_name(path, 4) == name


def test_the_decoder_counts_by_the_number_of_levels() -> None:
    assert ldm_vae_name("decoder.up_blocks.0.resnets.0.conv1", 2) == "decoder.up.1.block.0.conv1"
