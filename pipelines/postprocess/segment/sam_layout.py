"""Segment Anything's files as published: the network of their shapes, and the names of its tensors."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch import Tensor

from pipelines.contract.errors import CorruptFile
from pipelines.families.loading.bare import without_values
from pipelines.families.loading.read import read_tensors
from pipelines.postprocess.segment.local_network import DAMAGE, require_all

if TYPE_CHECKING:
    from transformers import SamConfig, SamModel

_NAMES = (
    ("image_encoder.", "vision_encoder."),
    ("patch_embed.proj.", "patch_embed.projection."),
    (".blocks.", ".layers."),
    ("neck.0.", "neck.conv1."),
    ("neck.1.", "neck.layer_norm1."),
    ("neck.2.", "neck.conv2."),
    ("neck.3.", "neck.layer_norm2."),
    (".norm", ".layer_norm"),
    ("point_embeddings.", "point_embed."),
    ("pe_layer.positional_encoding_gaussian_matrix", "shared_embedding.positional_embedding"),
    ("mask_downscaling.0.", "mask_embed.conv1."),
    ("mask_downscaling.1.", "mask_embed.layer_norm1."),
    ("mask_downscaling.3.", "mask_embed.conv2."),
    ("mask_downscaling.4.", "mask_embed.layer_norm2."),
    ("mask_downscaling.6.", "mask_embed.conv3."),
    ("output_upscaling.0.", "upscale_conv1."),
    ("output_upscaling.1.", "upscale_layer_norm."),
    ("output_upscaling.3.", "upscale_conv2."),
)
"""Published names and transformers' own, in the order in which they are replaced."""
_HEAD = re.compile(
    r"^(mask_decoder\.(?:iou_prediction_head|output_hypernetworks_mlps\.\d+))\.layers\.(\d+)\."
)
_SHARED = "prompt_encoder.shared_embedding.positional_embedding"
CELL = 16


def published_network(path: Path, *, field: str) -> SamModel:
    """Load the network of a published file, in fp32 on the CPU. Raises CorruptFile."""
    from transformers import SamModel

    tensors = {transformers_name(name, 2): tensor.float() for name, tensor in read_tensors(path).items()}
    try:
        with without_values():
            network = SamModel(config_of(tensors))
        shared = {"shared_image_embedding.positional_embedding": tensors[_SHARED]}
        told = network.load_state_dict({**tensors, **shared}, strict=False, assign=True)
    except DAMAGE as error:
        text = f"{path.name} is not Segment Anything as published: its tensors have other names or shapes"
        raise CorruptFile(text, field=field) from error
    require_all(told.missing_keys, path.name, field)
    return network.eval().requires_grad_(False)


def transformers_name(name: str, last: int) -> str:
    """Return transformers' name of a published tensor. ``last``: the number of the heads' last layer."""
    for old, new in _NAMES:
        name = name.replace(old, new)
    return _HEAD.sub(lambda found: f"{found[1]}.{_part(int(found[2]), last)}.", name)


def _part(number: int, last: int) -> str:
    if number == 0:
        return "proj_in"
    return "proj_out" if number == last else f"layers.{number - 1}"


def config_of(tensors: dict[str, Tensor]) -> SamConfig:
    """The network that tensors under transformers' names belong to."""
    from transformers import SamConfig

    _, cells, _, width = tensors["vision_encoder.pos_embed"].shape
    spans = [
        tensors[f"vision_encoder.layers.{number}.attn.rel_pos_h"].shape for number in range(_layers(tensors))
    ]
    wide = {number for number, (span, _) in enumerate(spans) if span == 2 * cells - 1}
    inner = next((span for number, (span, _) in enumerate(spans) if number not in wide), 2 * cells - 1)
    sides: dict[str, Any] = {"image_size": cells * CELL, "patch_size": CELL}
    channels = int(tensors["vision_encoder.neck.conv1.weight"].shape[0])
    return SamConfig(
        vision_config={
            **sides,
            "hidden_size": width,
            "output_channels": channels,
            "num_hidden_layers": len(spans),
            "num_attention_heads": width // spans[0][1],
            "window_size": (inner + 1) // 2,
            "global_attn_indexes": sorted(wide),
            "num_pos_feats": channels // 2,
            "mlp_dim": int(tensors["vision_encoder.layers.0.mlp.lin1.weight"].shape[0]),
        },
        prompt_encoder_config={**sides, "hidden_size": channels},
        mask_decoder_config={
            "hidden_size": channels,
            "mlp_dim": int(tensors["mask_decoder.transformer.layers.0.mlp.lin1.weight"].shape[0]),
            "iou_head_hidden_dim": int(tensors["mask_decoder.iou_prediction_head.proj_in.weight"].shape[0]),
        },
    )


def _layers(tensors: dict[str, Tensor]) -> int:
    found = (re.match(r"vision_encoder\.layers\.(\d+)\.", name) for name in tensors)
    return max(int(one[1]) for one in found if one) + 1
