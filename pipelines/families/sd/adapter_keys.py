"""From the layer names in network files to the names of layers in the original model code.

Layers are named by their path in the original (latent diffusion) code with dots as underscores:
``diffusion_model_input_blocks_1_1_proj_in``, ``transformer_text_model_encoder_layers_0_mlp_fc1``,
and ``1_model_transformer_resblocks_0_attn`` for the second text encoder of SDXL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from pipelines.families.base import PROJECTIONS, Target

_SD2_LAYER = "model_transformer_resblocks_0_attn"
_UNET = "diffusion_model_"
_RESNET = {
    "conv1": "in_layers_2",
    "conv2": "out_layers_3",
    "norm1": "in_layers_0",
    "norm2": "out_layers_0",
    "time_emb_proj": "emb_layers_1",
    "conv_shortcut": "skip_connection",
}


def _suffix(kind: str, rest: str) -> str:
    return _RESNET.get(rest, rest) if kind == "resnets" else rest


def _down(match: re.Match[str]) -> str:
    level, kind, index, rest = match.groups()
    place = 1 if kind == "attentions" else 0
    return f"{_UNET}input_blocks_{1 + 3 * int(level) + int(index)}_{place}_{_suffix(kind, rest)}"


def _mid(match: re.Match[str]) -> str:
    kind, index, rest = match.groups()
    place = 1 if kind == "attentions" else 2 * int(index)
    return f"{_UNET}middle_block_{place}_{_suffix(kind, rest)}"


def _up(match: re.Match[str]) -> str:
    level, kind, index, rest = match.groups()
    place = 1 if kind == "attentions" else 0
    return f"{_UNET}output_blocks_{3 * int(level) + int(index)}_{place}_{_suffix(kind, rest)}"


def _downsampler(match: re.Match[str]) -> str:
    return f"{_UNET}input_blocks_{3 + 3 * int(match[1])}_0_op"


def _upsampler(match: re.Match[str]) -> str:
    level = int(match[1])
    return f"{_UNET}output_blocks_{2 + 3 * level}_{2 if level else 1}_conv"


def _time_embedding(match: re.Match[str]) -> str:
    return f"{_UNET}time_embed_{2 * int(match[1]) - 2}{match[2]}"


def _open_clip(rest: str) -> str:
    """Name a layer of a CLIP text model as OpenCLIP does."""
    if "mlp_fc1" in rest:
        return rest.replace("mlp_fc1", "mlp_c_fc")
    if "mlp_fc2" in rest:
        return rest.replace("mlp_fc2", "mlp_c_proj")
    return rest.replace("self_attn", "attn")


def _second_encoder(match: re.Match[str]) -> str:
    return f"1_model_transformer_resblocks_{match[1]}_{_open_clip(match[2])}"


_BLOCK = r"(attentions|resnets)_(\d+)_(.+)"
_TEXT_LAYER = re.compile(r"lora_te_text_model_encoder_layers_(\d+)_(.+)")
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"lora_unet_conv_in(.*)"), lambda m: f"{_UNET}input_blocks_0_0{m[1]}"),
    (re.compile(r"lora_unet_conv_out(.*)"), lambda m: f"{_UNET}out_2{m[1]}"),
    (re.compile(r"lora_unet_time_embedding_linear_(\d+)(.*)"), _time_embedding),
    (re.compile(r"lora_unet_down_blocks_(\d+)_" + _BLOCK), _down),
    (re.compile(r"lora_unet_mid_block_" + _BLOCK), _mid),
    (re.compile(r"lora_unet_up_blocks_(\d+)_" + _BLOCK), _up),
    (re.compile(r"lora_unet_down_blocks_(\d+)_downsamplers_0_conv"), _downsampler),
    (re.compile(r"lora_unet_up_blocks_(\d+)_upsamplers_0_conv"), _upsampler),
    (re.compile(r"lora_te2_text_model_encoder_layers_(\d+)_(.+)"), _second_encoder),
)


def convert_key(key: str, *, sd2: bool) -> str:
    """Translate trainers' names (diffusers layout) by the table; any other name comes back unchanged."""
    if text := _TEXT_LAYER.fullmatch(key):
        if sd2:
            return f"model_transformer_resblocks_{text[1]}_{_open_clip(text[2])}"
        return f"transformer_text_model_encoder_layers_{text[1]}_{text[2]}"
    for pattern, name in _RULES:
        if match := pattern.fullmatch(key):
            return name(match)
    return key


def _candidates(key: str, converted: str) -> Iterator[Target]:
    """Yield every name under which a layer may be found, best first."""
    yield Target(converted)
    if converted.endswith(PROJECTIONS):
        yield Target(converted[: -len(PROJECTIONS[0])], converted[-len(PROJECTIONS[0]) :])
    if "lora_unet" in key:
        yield Target(key.replace("lora_unet", "diffusion_model"))
    if "lora_te1_text_model" in key:
        yield Target(key.replace("lora_te1_text_model", "0_transformer_text_model"))
        yield Target(key.replace("lora_te1_text_model", "transformer_text_model"))
    if "oft_unet" in key:
        yield Target(key.replace("oft_unet", "diffusion_model"))


def find_target(key: str, layers: Collection[str]) -> Target | None:
    """Return the layer that a file's key means in a model with these layers; None if it has none such."""
    converted = convert_key(key, sd2=_SD2_LAYER in layers)
    return next((target for target in _candidates(key, converted) if target.layer in layers), None)


def is_text_encoder(layer: str) -> bool:
    """True if the text encoders' multiplier applies to a layer: as in A1111, by its first 20 characters."""
    return "transformer" in layer[:20]
