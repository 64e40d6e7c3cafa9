"""Files of the toy family with random weights: a checkpoint, a text encoder, an autoencoder, a LoRA."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from pipelines.families.loading.layout import VaeLayout
from pipelines.families.loading.vae import build_vae
from pipelines.families.loading.vae_names import ldm_vae_name
from tests.contributor.family.toy_flow.backbone import CHANNELS, CONTEXT, POOLED, WIDTH, Backbone
from tests.contributor.family.toy_flow.family import BACKBONE, LETTER_TABLE, WORD_TABLE
from tests.contributor.family.toy_flow.text import TABLE

WIDTHS = (32, 32, 32, 64, 64)
"""Channels of each level of the autoencoder, which halve a picture four times: cells of 16 pixels."""


def write_toy(models: Path) -> Path:
    """The files in a models folder; answers the checkpoint's."""
    for folder in ("Stable-diffusion", "VAE", "text_encoder", "Lora"):
        (models / folder).mkdir(parents=True, exist_ok=True)
    random = torch.Generator().manual_seed(1)
    backbone = {BACKBONE + name: tensor for name, tensor in randomised(Backbone(), 0.3, random).items()}
    checkpoint = models / "Stable-diffusion" / "toy.safetensors"
    save_file({**backbone, WORD_TABLE: torch.randn(TABLE, CONTEXT, generator=random)}, checkpoint)
    letters = {LETTER_TABLE: torch.randn(TABLE, POOLED, generator=random)}
    save_file(letters, models / "text_encoder" / "toy-letters.safetensors")
    save_file(vae_tensors(random), models / "VAE" / "toy-vae.safetensors")
    lora = {"lora_unet_leave.lora_up.weight": torch.randn(CHANNELS, 2, generator=random)}
    lora["lora_unet_leave.lora_down.weight"] = torch.randn(2, WIDTH, generator=random)
    save_file(lora, models / "Lora" / "toy.safetensors")
    return checkpoint


def vae_tensors(random: torch.Generator) -> dict[str, Tensor]:
    """An autoencoder of 16 channels in the original layout, without quant convolutions."""
    layout = VaeLayout(widths=WIDTHS, blocks_per_level=1, latent_channels=CHANNELS, quant_convs=False)
    vae = build_vae(layout).to_empty(device="cpu")
    named = ((name.rpartition("."), tensor) for name, tensor in randomised(vae, 0.1, random).items())
    return {f"{ldm_vae_name(module, len(WIDTHS))}.{kind}": tensor for (module, _, kind), tensor in named}


def randomised(module: nn.Module, spread: float, random: torch.Generator) -> dict[str, Tensor]:
    """Newly drawn parameters of a module."""
    return {
        name: torch.randn(tensor.shape, generator=random) * spread
        for name, tensor in module.state_dict().items()
    }
