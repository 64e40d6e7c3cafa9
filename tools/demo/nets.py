"""Builds the demo checkpoint's three networks with the exact SD 1.x topology at a small width."""

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel

LATENT_SCALE = 0.18215
TEXT_WIDTH = 64
TEXT_LAYERS = 4
VOCABULARY = 49408
POSITIONS = 77
UNET_CHANNELS = (64, 64, 64, 64)
VAE_CHANNELS = (96, 32, 64, 64)


def build_vae() -> AutoencoderKL:
    """An eight-fold, four-channel KL autoencoder."""
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=VAE_CHANNELS,
        layers_per_block=2,
        latent_channels=4,
        scaling_factor=LATENT_SCALE,
    )


def build_text_encoder() -> CLIPTextModel:
    """A causal CLIP text model with OpenAI's vocabulary and one 64-wide head."""
    config = CLIPTextConfig(
        vocab_size=VOCABULARY,
        hidden_size=TEXT_WIDTH,
        intermediate_size=4 * TEXT_WIDTH,
        projection_dim=TEXT_WIDTH,
        num_hidden_layers=TEXT_LAYERS,
        num_attention_heads=1,
        max_position_embeddings=POSITIONS,
        hidden_act="quick_gelu",
    )
    text = CLIPTextModel(config)
    nn.init.normal_(text.embeddings.token_embedding.weight, std=0.2)
    nn.init.normal_(text.embeddings.position_embedding.weight, std=0.04)
    return text


def build_unet() -> UNet2DConditionModel:
    """An eps-predicting UNet with 8 heads, attention on its three finest levels."""
    unet = UNet2DConditionModel(
        in_channels=4,
        out_channels=4,
        down_block_types=("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
        up_block_types=("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
        block_out_channels=UNET_CHANNELS,
        layers_per_block=2,
        cross_attention_dim=TEXT_WIDTH,
        attention_head_dim=8,
    )
    for name, module in unet.named_modules():
        if name.endswith((".conv2", ".proj_out", "conv_out")):
            zero_weights(module)
    return unet


def zero_weights(module: nn.Module) -> None:
    """Makes a residual branch start at nothing, as LDM does."""
    for parameter in module.parameters():
        nn.init.zeros_(parameter)


def count_parameters(module: nn.Module) -> int:
    """Number of scalar parameters."""
    return sum(p.numel() for p in module.parameters())


def alphas_cumprod() -> torch.Tensor:
    """SD 1.x's scaled-linear schedule: shape [1000], float64."""
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    return torch.cumprod(1 - betas, dim=0)
