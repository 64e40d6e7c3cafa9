"""Samples pictures from the demo networks with Euler ancestral steps and classifier-free guidance."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from PIL import Image
from torch import Tensor
from transformers import CLIPTextModel

from tools.demo.layout import load_checkpoint
from tools.demo.nets import LATENT_SCALE, alphas_cumprod
from tools.demo.shortcuts import skip_zero_branches
from tools.demo.tokens import tokenize


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings that all pictures of a run share."""

    side: int = 128
    steps: int = 20
    guidance: float = 7.0
    batch: int = 20
    seed: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Networks:
    """The three networks, ready to sample."""

    unet: UNet2DConditionModel
    vae: AutoencoderKL
    text: CLIPTextModel


def load_networks(path: Path) -> Networks:
    """Reads the demo checkpoint; blocks that add nothing are not computed."""
    unet, vae, text = load_checkpoint(path)
    for network in (unet, vae):
        skip_zero_branches(network)
    return Networks(unet=unet, vae=vae, text=text)


def noise_levels(steps: int) -> tuple[Tensor, Tensor]:
    """The model's 1000 sigmas, and ``steps`` of them evenly spaced in time from high to low, then zero."""
    alphas = alphas_cumprod()
    known = ((1 - alphas) / alphas).sqrt()
    log_sigmas = known.log()
    times = torch.linspace(999, 0, steps, dtype=torch.float64)
    low = times.floor().long()
    high = (low + 1).clamp(max=999)
    mixed = torch.lerp(log_sigmas[low], log_sigmas[high], times - low).exp()
    return times, torch.cat([mixed, torch.zeros(1, dtype=torch.float64)])


@torch.no_grad()
def sample_pictures(
    networks: Networks, prompts: list[str], settings: Settings, negatives: list[str] | None = None
) -> list[Image.Image]:
    """One picture per prompt; picture ``i`` starts from seed ``settings.seed + i``."""
    negatives = negatives or [""] * len(prompts)
    pictures: list[Image.Image] = []
    for start in range(0, len(prompts), settings.batch):
        stop = min(start + settings.batch, len(prompts))
        generators = [torch.Generator().manual_seed(settings.seed + index) for index in range(start, stop)]
        texts = negatives[start:stop] + prompts[start:stop]
        context = networks.text(input_ids=tokenize(texts)).last_hidden_state
        latents = sample_latents(networks.unet, context, settings, generators)
        pictures += decode(networks.vae, latents)
    return pictures


def sample_latents(
    unet: UNet2DConditionModel, context: Tensor, settings: Settings, generators: list[torch.Generator]
) -> Tensor:
    """Euler ancestral, as in k-diffusion; ``context`` holds the negative prompts first."""
    times, sigmas = noise_levels(settings.steps)
    x = draw_noise(generators, settings.side) * float(sigmas[0])
    for time, here, there in zip(times, sigmas[:-1], sigmas[1:], strict=True):
        sigma, target = float(here), float(there)
        noise = predict_noise(unet, x, sigma, float(time), context, settings.guidance)
        up = min(target, (target**2 * (sigma**2 - target**2) / sigma**2) ** 0.5)
        down = (target**2 - up**2) ** 0.5
        x = x + noise * (down - sigma)
        if target > 0:
            x = x + draw_noise(generators, settings.side) * up
    return x


def draw_noise(generators: list[torch.Generator], side: int) -> Tensor:
    """Unit noise, one picture per generator."""
    shape = (1, 4, side // 8, side // 8)
    return torch.cat([torch.randn(shape, generator=generator) for generator in generators])


def predict_noise(
    unet: UNet2DConditionModel, x: Tensor, sigma: float, time: float, context: Tensor, guidance: float
) -> Tensor:
    """The guided noise prediction at a noise level."""
    scaled = x / (sigma**2 + 1) ** 0.5
    if guidance == 1:
        return unet(scaled, time, context[len(x) :]).sample
    without, towards = unet(scaled.repeat(2, 1, 1, 1), time, context).sample.chunk(2)
    return without + guidance * (towards - without)


def decode(vae: AutoencoderKL, latents: Tensor) -> list[Image.Image]:
    """Latents to RGB pictures."""
    pixels = vae.decode(latents / LATENT_SCALE).sample.clamp(-1, 1)
    pixels = ((pixels + 1) * 127.5).round().permute(0, 2, 3, 1).numpy().astype(np.uint8)
    return [Image.fromarray(picture) for picture in pixels]
