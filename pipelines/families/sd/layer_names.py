"""The layers of a loaded model by their names in the original code, dots as underscores."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from torch import nn

from pipelines.families.clip.encoder import core_of
from pipelines.families.sd.family import SdTower
from pipelines.families.sd.unet_names import UNetNames

if TYPE_CHECKING:
    from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel

    from pipelines.families.model import LoadedModel, TextEncoderPart

_OPEN_CLIP_LAYER = re.compile(r"encoder\.layers\.(\d+)\.(.+)")
_OPEN_CLIP_PARTS = {
    "self_attn": "attn",
    "self_attn.out_proj": "attn_out_proj",
    "mlp.fc1": "mlp_c_fc",
    "mlp.fc2": "mlp_c_proj",
    "layer_norm1": "ln_1",
    "layer_norm2": "ln_2",
}


def ldm_layer_names(model: LoadedModel) -> Mapping[str, nn.Module]:
    """Return layers with a weight, and attentions of text encoders, by the names that network files use.

    Of an OpenCLIP tower the attention itself (``1_model_transformer_resblocks_0_attn``) stands for the
    fused query, key and value matrix, which here is three linear layers of that module.
    """
    layers = dict(_unet_layers(model))
    for encoder in model.text_encoders:
        layers.update(_text_layers(encoder))
    return layers


def names_in(unet: UNet2DConditionModel) -> UNetNames:
    """Return the translation to the original code's names of a UNet's modules."""
    return UNetNames(
        blocks=int(unet.config["layers_per_block"]),
        up_attention=tuple(str(kind).startswith("CrossAttn") for kind in unet.config["up_block_types"]),
    )


def _unet_layers(model: LoadedModel) -> Iterator[tuple[str, nn.Module]]:
    names = names_in(model.unet)
    for path, module in model.unet.named_modules():
        if isinstance(getattr(module, "weight", None), nn.Parameter):
            yield f"diffusion_model_{names.ldm(path).replace('.', '_')}", module


def _text_layers(encoder: TextEncoderPart) -> Iterator[tuple[str, nn.Module]]:
    tower = encoder.tower
    if not isinstance(tower, SdTower):
        return
    prefix = tower.layer_prefix
    for path, module in core_of(encoder.module).named_modules():
        if tower.kind == "clip":
            yield f"{prefix}text_model_{path.replace('.', '_')}", module
        elif (match := _OPEN_CLIP_LAYER.fullmatch(path)) and match[2] in _OPEN_CLIP_PARTS:
            yield f"{prefix}transformer_resblocks_{match[1]}_{_OPEN_CLIP_PARTS[match[2]]}", module
