"""Union networks with random weights, in diffusers' class and as published files name them."""

from __future__ import annotations

from typing import Any

import torch
from diffusers.models.controlnets.controlnet_union import ControlNetUnionModel
from torch import Tensor

SD1 = {
    "block_out_channels": (32, 32, 64, 64),
    "cross_attention_dim": 64,
    "attention_head_dim": 8,
}
SDXL = {
    "block_out_channels": (32, 64, 64),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "transformer_layers_per_block": (1, 2, 2),
    "cross_attention_dim": 48,
    "attention_head_dim": (1, 1, 1),
    "use_linear_projection": True,
    "class_embed_type": "projection",
    "projection_class_embeddings_input_dim": 40,
}


def union(types: int, config: dict[str, Any]) -> ControlNetUnionModel:
    """diffusers' class with random weights; no layer is left at zero."""
    torch.manual_seed(types)
    model = ControlNetUnionModel(
        **config,
        conditioning_embedding_out_channels=(8, 8, 16, 16),
        addition_time_embed_dim=16,
        num_control_type=types,
        num_trans_channel=32,
        num_proj_channel=32,
    )
    for parameter in model.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.05)
    return model.eval().requires_grad_(False)


def as_file(model: ControlNetUnionModel) -> dict[str, Tensor]:
    """The tensors as published files name them."""
    state = model.state_dict()
    return {n.replace("class_embedding.", "add_embedding."): t.contiguous() for n, t in state.items()}
