"""The UNet's cross-attentions, in the order that IP-Adapter's files count them and in that of its layers."""

from __future__ import annotations

from typing import cast

from diffusers.models.attention import BasicTransformerBlock
from diffusers.models.attention_processor import Attention
from diffusers.models.transformers.transformer_2d import Transformer2DModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import nn


def cross_attentions(unet: UNet2DConditionModel) -> list[tuple[int, Attention]]:
    """Those of encoder, decoder, middle, each with the number of its transformer in order of evaluation."""
    down, middle, up = (_transformers(part) for part in _parts(unet))
    numbers = {id(one): number for number, one in enumerate((*down, *middle, *up))}
    return [
        (numbers[id(transformer)], cast("Attention", block.attn2))
        for transformer in (*down, *up, *middle)
        for block in transformer.modules()
        if isinstance(block, BasicTransformerBlock)
    ]


def transformer_count(unet: UNet2DConditionModel) -> int:
    """Number of transformers, whatever their depth: 16 in SD 1.x, 11 in SDXL."""
    return sum(len(_transformers(part)) for part in _parts(unet))


def key_shape(attention: Attention) -> tuple[int, int]:
    """(inner width, width of the conditioning) of a cross-attention."""
    weight = cast("nn.Linear", attention.to_k).weight
    return int(weight.shape[0]), int(weight.shape[1])


def _parts(unet: UNet2DConditionModel) -> tuple[nn.Module, nn.Module, nn.Module]:
    return (
        cast("nn.Module", unet.down_blocks),
        cast("nn.Module", unet.mid_block),
        cast("nn.Module", unet.up_blocks),
    )


def _transformers(part: nn.Module) -> list[Transformer2DModel]:
    return [module for module in part.modules() if isinstance(module, Transformer2DModel)]
