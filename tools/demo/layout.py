"""Maps the networks' parameter names to and from the SD 1.x single-file layout."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import CLIPTextModel

from tools.demo.nets import POSITIONS, build_text_encoder, build_unet, build_vae

UNET_PREFIX = "model.diffusion_model."
VAE_PREFIX = "first_stage_model."
TEXT_PREFIX = "cond_stage_model.transformer.text_model."
POSITION_IDS = f"{TEXT_PREFIX}embeddings.position_ids"

RESNET_PARTS = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
UNET_STEMS = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
    "mid_block.resnets.0": "middle_block.0",
    "mid_block.attentions.0": "middle_block.1",
    "mid_block.resnets.1": "middle_block.2",
}
VAE_RULES = (
    (r"down_blocks\.(\d)\.resnets\.(\d)", r"down.\1.block.\2"),
    (r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample"),
    (r"up_blocks\.(\d)\.resnets\.(\d)", lambda m: f"up.{3 - int(m[1])}.block.{m[2]}"),
    (r"up_blocks\.(\d)\.upsamplers\.0", lambda m: f"up.{3 - int(m[1])}.upsample"),
    (r"mid_block\.resnets\.(\d)", lambda m: f"mid.block_{int(m[1]) + 1}"),
    (r"mid_block\.attentions\.0\.group_norm", r"mid.attn_1.norm"),
    (r"mid_block\.attentions\.0\.to_out\.0", r"mid.attn_1.proj_out"),
    (r"mid_block\.attentions\.0\.to_([qkv])", r"mid.attn_1.\1"),
    (r"conv_norm_out", r"norm_out"),
    (r"conv_shortcut", r"nin_shortcut"),
)


def unet_key(name: str) -> str:
    """The SD 1.x key of a diffusers UNet parameter."""
    for stem, target in UNET_STEMS.items():
        if name.startswith(f"{stem}."):
            return UNET_PREFIX + target + _resnet_part(name[len(stem) :])
    match = re.fullmatch(r"(down|up)_blocks\.(\d)\.(\w+)\.(\d)(\..*)", name)
    if match is None:
        raise KeyError(name)
    side, level, kind, place, rest = match[1], int(match[2]), match[3], int(match[4]), match[5]
    if kind == "downsamplers":
        return f"{UNET_PREFIX}input_blocks.{3 * level + 3}.0.op.{rest.rpartition('.')[2]}"
    return UNET_PREFIX + _unet_block(side, level, kind, place) + _resnet_part(rest)


def _unet_block(side: str, level: int, kind: str, place: int) -> str:
    if kind == "upsamplers":
        return f"output_blocks.{3 * level + 2}.{1 if level == 0 else 2}"
    slot = 0 if kind == "resnets" else 1
    if side == "down":
        return f"input_blocks.{3 * level + place + 1}.{slot}"
    return f"output_blocks.{3 * level + place}.{slot}"


def _resnet_part(rest: str) -> str:
    part, _, leaf = rest.lstrip(".").rpartition(".")
    return f".{RESNET_PARTS.get(part, part)}.{leaf}" if part else f".{leaf}"


def vae_key(name: str) -> str:
    """The SD 1.x key of a diffusers autoencoder parameter."""
    for pattern, replacement in VAE_RULES:
        name = re.sub(pattern, replacement, name)
    return VAE_PREFIX + name


def text_key(name: str) -> str:
    """The SD 1.x key of a CLIP text model parameter."""
    return TEXT_PREFIX + name.removeprefix("text_model.")


def _keyed(
    unet: UNet2DConditionModel, vae: AutoencoderKL, text: CLIPTextModel
) -> Iterator[tuple[str, Tensor]]:
    networks: list[tuple[nn.Module, Callable[[str], str]]]
    networks = [(unet, unet_key), (vae, vae_key), (text, text_key)]
    for network, key_of in networks:
        for name, tensor in network.state_dict().items():
            yield key_of(name), tensor


def _is_projection(key: str) -> bool:
    return re.search(r"attn_1\.(q|k|v|proj_out)\.weight$", key) is not None


def save_checkpoint(path: Path, unet: UNet2DConditionModel, vae: AutoencoderKL, text: CLIPTextModel) -> None:
    """Writes the three networks as one half-precision SD 1.x checkpoint."""
    weights = {key: tensor.detach().half().contiguous() for key, tensor in _keyed(unet, vae, text)}
    for key in filter(_is_projection, weights):
        weights[key] = weights[key][:, :, None, None]
    weights[POSITION_IDS] = torch.arange(POSITIONS)[None]
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(weights, path, metadata={"format": "pt", "modelspec.resolution": "128x128"})


def load_checkpoint(path: Path) -> tuple[UNet2DConditionModel, AutoencoderKL, CLIPTextModel]:
    """Reads a checkpoint of the demo's own architecture, in single precision, ready to sample."""
    weights = load_file(path)
    networks = build_unet(), build_vae(), build_text_encoder()
    with torch.no_grad():
        for key, tensor in _keyed(*networks):
            tensor.copy_(weights[key].reshape(tensor.shape))
    for network in networks:
        network.eval().requires_grad_(False)
    return networks
