"""A small IP-Adapter: a picture becomes a few tokens that every cross-attention reads with the text.

Ye et al., "IP-Adapter: Text Compatible Image Prompt Adapter for Text-to-Image Diffusion Models", 2023.
"""

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import IPAdapterAttnProcessor2_0
from diffusers.models.embeddings import ImageProjection
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from extensions.controlnet.image_prompts.clip_vision import MEAN, SPREAD
from tools.demo.finetuning import save_half
from tools.demo.nets import POSITIONS, TEXT_WIDTH

IMAGE_SIDE = 64
IMAGE_TOKENS = 4


def build_tower() -> CLIPVisionModelWithProjection:
    """A CLIP vision tower of width 64 for pictures of 64 x 64 in patches of 8 x 8."""
    config = CLIPVisionConfig(
        hidden_size=TEXT_WIDTH,
        intermediate_size=4 * TEXT_WIDTH,
        projection_dim=TEXT_WIDTH,
        num_hidden_layers=3,
        num_attention_heads=4,
        image_size=IMAGE_SIDE,
        patch_size=8,
        hidden_act="quick_gelu",
    )
    return CLIPVisionModelWithProjection(config)


def pixel_values(pictures: Tensor) -> Tensor:
    """The tower's input, [n, 3, 64, 64], from pictures [n, 3, h, w] in [-1, 1]."""
    small = functional.interpolate((pictures + 1) / 2, size=(IMAGE_SIDE, IMAGE_SIDE), mode="area")
    return (small - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(SPREAD).view(3, 1, 1)


class ImagePrompt(nn.Module):
    """Tower, projection and the keys and values of every cross-attention of a UNet."""

    def __init__(self, unet: UNet2DConditionModel) -> None:
        super().__init__()
        unet.set_attn_processor({name: _processor(name, own) for name, own in unet.attn_processors.items()})
        self.tower = build_tower()
        self.projection = ImageProjection(TEXT_WIDTH, TEXT_WIDTH, IMAGE_TOKENS)
        spoken = [p for p in unet.attn_processors.values() if isinstance(p, IPAdapterAttnProcessor2_0)]
        self.voices = nn.ModuleList(spoken)

    def tokens(self, pictures: Tensor, shown: Tensor) -> Tensor:
        """[n, 4, 64] tokens of pictures in [-1, 1]; where ``shown`` [n] is 0, those of no picture."""
        seen: Tensor = self.tower(pixel_values(pictures)).image_embeds
        tokens: Tensor = self.projection(seen * shown[:, None])
        return tokens


def _processor(name: str, own: Any) -> Any:
    if "attn2" not in name:
        return own
    return IPAdapterAttnProcessor2_0(TEXT_WIDTH, TEXT_WIDTH, num_tokens=(IMAGE_TOKENS,))


class Spoken:
    """A UNet whose context is text tokens followed by image tokens, [n, 77 + 4, 64]."""

    def __init__(self, unet: UNet2DConditionModel) -> None:
        self.unet = unet

    def __call__(self, noisy: Tensor, times: Tensor, context: Tensor, /) -> Any:
        """The noise prediction, as the UNet gives it."""
        text, picture = context[:, :POSITIONS], context[:, None, POSITIONS:]
        return self.unet(noisy, times, (text, [picture]))


def save_image_prompt(prompt: ImagePrompt, adapter: Path, tower: Path) -> None:
    """Writes the adapter in its authors' layout, and the tower's folder as transformers reads it."""
    weights = {
        "image_proj.proj.weight": prompt.projection.image_embeds.weight,
        "image_proj.proj.bias": prompt.projection.image_embeds.bias,
        "image_proj.norm.weight": prompt.projection.norm.weight,
        "image_proj.norm.bias": prompt.projection.norm.bias,
    }
    for index, voice in enumerate(prompt.voices):
        weights[f"ip_adapter.{2 * index + 1}.to_k_ip.weight"] = voice.to_k_ip[0].weight
        weights[f"ip_adapter.{2 * index + 1}.to_v_ip.weight"] = voice.to_v_ip[0].weight
    tower_weights = {name: w for name, w in prompt.tower.state_dict().items() if w.is_floating_point()}
    save_half(weights, adapter, format="pt")
    save_half(tower_weights, tower / "model.safetensors", format="pt")
    config = prompt.tower.config.to_diff_dict()
    config.pop("transformers_version", None)
    (tower / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
