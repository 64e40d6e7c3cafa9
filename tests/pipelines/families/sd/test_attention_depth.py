"""Depths of self-attentions in both shapes of UNet."""

from __future__ import annotations

import pytest

from pipelines.families.sd.attention_depth import attention_depth


@pytest.mark.parametrize(
    ("path", "sdxl", "depth"),
    [
        ("down_blocks.0.attentions.1.transformer_blocks.0.attn1", False, 0),
        ("up_blocks.3.attentions.2.transformer_blocks.0.attn1", False, 0),
        ("up_blocks.1.attentions.0.transformer_blocks.0.attn1", False, 2),
        ("mid_block.attentions.0.transformer_blocks.0.attn1", False, 3),
        ("down_blocks.0.attentions.1.transformer_blocks.0.attn2", False, None),
    ],
)
def test_depths_of_sd(path: str, sdxl: bool, depth: int | None) -> None:
    assert attention_depth(path, 4, by_block=sdxl) == depth


@pytest.mark.parametrize(
    ("path", "depth"),
    [
        ("down_blocks.1.attentions.0.transformer_blocks.0.attn1", 0),
        ("up_blocks.1.attentions.2.transformer_blocks.1.attn1", 1),
        ("down_blocks.2.attentions.0.transformer_blocks.9.attn1", 1),
        ("up_blocks.0.attentions.0.transformer_blocks.3.attn1", 1),
        ("mid_block.attentions.0.transformer_blocks.9.attn1", 2),
    ],
)
def test_depths_of_sdxl(path: str, depth: int) -> None:
    assert attention_depth(path, 3, by_block=True) == depth
