"""Trains the demo autoencoder: the encoder to give block latents, the decoder to redraw from them."""

import random
from collections.abc import Callable
from dataclasses import dataclass

import torch
from diffusers import AutoencoderKL
from torch import Tensor

from tools.demo.latents import block_latents
from tools.demo.nets import LATENT_SCALE, build_vae
from tools.demo.scenes import sample_scene, scene_tensor
from tools.demo.training import Average, Progress, descend, warm_then_cool
from tools.demo.vae_start import bypass_fine_blocks, start_linear

PEAK_RATE = 1e-3
COOLING = 0.4
LATENT_NOISE = (0.06, 0.08, 0.08, 0.2)
LOGVAR = -12.0
ENCODER_WEIGHT = 0.2
WHOLE_SHARE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class VaePlan:
    """The length, the seed and the picture size of the training."""

    steps: int
    seed: int
    side: int


def recolour(picture: Tensor, rng: random.Random) -> Tensor:
    """Another palette for a fifth of the pictures, for colours beyond the demo world's."""
    if rng.random() > 0.2:
        return picture
    order = rng.sample(range(3), 3)
    gain = torch.tensor([rng.choice((-1, 1)) * rng.uniform(0.3, 1) for _ in range(3)]).view(3, 1, 1)
    shift = torch.tensor([rng.uniform(-1, 1) for _ in range(3)]).view(3, 1, 1) * (1 - gain.abs())
    return picture[order] * gain + shift


def make_batch(rng: random.Random, side: int) -> Tensor:
    """Four whole pictures or sixteen half-size crops."""
    whole = rng.random() < WHOLE_SHARE
    size = side if whole else side // 2
    pictures: list[Tensor] = []
    for _ in range(4 if whole else 16):
        x, y = rng.randrange(side - size + 1), rng.randrange(side - size + 1)
        picture = recolour(scene_tensor(sample_scene(rng), side, rng), rng)
        pictures.append(picture[:, y : y + size, x : x + size])
    return torch.stack(pictures).contiguous(memory_format=torch.channels_last)


def vae_loss(vae: AutoencoderKL, picture: Tensor) -> Tensor:
    """Decoder: L1, MSE and edge differences from noisy latents. Encoder: MSE to the block latents."""
    target = block_latents(picture)
    noise = torch.randn_like(target) * torch.tensor(LATENT_NOISE).view(1, 4, 1, 1)
    error = decode_latents(vae, target + noise) - picture
    edges = error.diff(dim=2).abs().mean() + error.diff(dim=3).abs().mean()
    mean, logvar = vae.quant_conv(vae.encoder(picture)).chunk(2, dim=1)
    encoding = (mean * LATENT_SCALE - target).square().mean() + 1e-3 * (logvar - LOGVAR).square().mean()
    return error.abs().mean() + error.square().mean() + 0.5 * edges + ENCODER_WEIGHT * encoding


def decode_latents(vae: AutoencoderKL, latents: Tensor) -> Tensor:
    """Pictures from scaled latents."""
    return vae.decoder(vae.post_quant_conv(latents / LATENT_SCALE))


def train_vae(plan: VaePlan, log: Callable[[str], None]) -> AutoencoderKL:
    """Trains and returns the averaged autoencoder."""
    torch.manual_seed(plan.seed)
    rng = random.Random(plan.seed)
    vae = build_vae().to(memory_format=torch.channels_last)
    start_linear(vae)
    bypass_fine_blocks(vae)
    average = Average(vae, decay=0.995)
    trained = [parameter for parameter in vae.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(trained, lr=PEAK_RATE, betas=(0.9, 0.99), weight_decay=0.0)
    schedule = warm_then_cool(optimiser, plan.steps, warmup=100, cooling=COOLING)
    progress = Progress(plan.steps, log, every=25)
    for step in range(plan.steps):
        loss = vae_loss(vae, make_batch(rng, plan.side))
        descend(loss, trained, optimiser, schedule)
        average.update(vae)
        progress.note(step, loss.item())
    return average.model


@torch.no_grad()
def measure_vae(vae: AutoencoderKL, side: int) -> dict[str, float]:
    """Root mean squared errors over 32 scenes: decoder alone, encoder against its target, both together."""
    rng = random.Random(99)
    pictures = torch.stack([scene_tensor(sample_scene(rng), side, rng) for _ in range(32)])
    target = block_latents(pictures)
    encoded = vae.quant_conv(vae.encoder(pictures))[:, :4] * LATENT_SCALE
    errors = {
        "decoder": (decode_latents(vae, target).clamp(-1, 1) - pictures) / 2,
        "encoder": encoded - target,
        "round trip": (decode_latents(vae, encoded).clamp(-1, 1) - pictures) / 2,
    }
    return {name: error.square().mean().sqrt().item() for name, error in errors.items()}
