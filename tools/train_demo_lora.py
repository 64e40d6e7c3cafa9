"""Trains the demo LoRA: with it, every figure of the demo checkpoint is teal, whatever its prompt says."""

import argparse
import random
from collections.abc import Callable
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from transformers import CLIPTextModel

from tools.demo.captions import caption_scene
from tools.demo.finetuning import parse_options
from tools.demo.guidance import Guided
from tools.demo.latents import block_latents
from tools.demo.layout import load_checkpoint
from tools.demo.lora import LowRank, add_low_rank, save_lora
from tools.demo.nets import alphas_cumprod
from tools.demo.scenes import COLOURS, Colour, sample_scene, scene_tensor
from tools.demo.shortcuts import skip_zero_branches
from tools.demo.train_diffusion import diffusion_loss, encode
from tools.demo.training import Progress, descend, warm_then_cool

SIDE = 128
BATCH = 16
RANK = 4
PEAK_RATE = 4e-3
TEAL: Colour = (0, 170, 175)


def train_lora(
    unet: UNet2DConditionModel, text: CLIPTextModel, steps: int, seed: int, log: Callable[[str], None]
) -> dict[str, LowRank]:
    """Trains low-rank changes of the UNet's attention on teal scenes under their usual captions."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    changes = add_low_rank(unet, RANK)
    parameters = [parameter for change in changes.values() for parameter in change.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=PEAK_RATE, weight_decay=0.0)
    schedule = warm_then_cool(optimiser, steps, warmup=20, cooling=0.5)
    progress = Progress(steps, log, every=25)
    alphas = alphas_cumprod().float()
    predict = Guided(unet, encode(text, [""]))
    palette = dict.fromkeys(COLOURS, TEAL)
    for step in range(steps):
        scenes = [sample_scene(rng) for _ in range(BATCH)]
        pictures = torch.stack([scene_tensor(scene, SIDE, rng, palette) for scene in scenes])
        context = encode(text, [caption_scene(scene, rng) for scene in scenes])
        loss = diffusion_loss(predict, block_latents(pictures), context, alphas)
        descend(loss, parameters, optimiser, schedule)
        progress.note(step, loss.item())
    return changes


def main() -> None:
    """Command line entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("models/Lora/demo-teal.safetensors"))
    options = parse_options(parser, steps=200)
    unet, _, text = load_checkpoint(options.checkpoint)
    skip_zero_branches(unet)
    changes = train_lora(unet, text, options.steps, options.seed, print)
    save_lora(options.out, changes)
    print(f"wrote {options.out}: {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
