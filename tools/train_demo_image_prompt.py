"""Trains an image prompt for the demo: a picture in place of words, an IP-Adapter with a vision tower."""

import argparse
import random
from collections.abc import Callable
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from torch import Tensor
from transformers import CLIPTextModel

from tools.demo.captions import caption_scene
from tools.demo.finetuning import parse_options
from tools.demo.guidance import TRAINED_GUIDANCE, Guided
from tools.demo.image_prompt import ImagePrompt, Spoken, save_image_prompt
from tools.demo.latents import block_latents
from tools.demo.layout import load_checkpoint
from tools.demo.nets import alphas_cumprod, count_parameters
from tools.demo.scenes import sample_scene, scene_tensor
from tools.demo.shortcuts import skip_zero_branches
from tools.demo.train_diffusion import diffusion_loss, encode
from tools.demo.training import Progress, descend, warm_then_cool

SIDE = 128
BATCH = 16
PEAK_RATE = 2e-3
SHOWN_SHARE = 0.9  # batches' pictures that are shown, not left out
SILENT_SHARE = 0.6  # captions left out, so that only the picture shows the scene
ADAPTER = Path("models/ControlNet/demo-ip-adapter.safetensors")
TOWER = Path("models/ControlNetPreprocessor/demo-clip_h")


def draw_batch(rng: random.Random) -> tuple[Tensor, Tensor, list[str]]:
    """Pictures to make, other pictures of the same scenes to show, and captions, most of them empty."""
    scenes = [sample_scene(rng) for _ in range(BATCH)]
    made, shown = (torch.stack([scene_tensor(scene, SIDE, rng) for scene in scenes]) for _ in range(2))
    captions = ["" if rng.random() < SILENT_SHARE else caption_scene(scene, rng) for scene in scenes]
    return made, shown, captions


def train_image_prompt(
    unet: UNet2DConditionModel, text: CLIPTextModel, steps: int, seed: int, log: Callable[[str], None]
) -> ImagePrompt:
    """Trains tower and adapter together; the checkpoint's own networks stay as they are."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    unet.requires_grad_(False)
    prompt = ImagePrompt(unet)
    optimiser = torch.optim.AdamW(prompt.parameters(), lr=PEAK_RATE, betas=(0.9, 0.99), weight_decay=0.01)
    schedule = warm_then_cool(optimiser, steps, warmup=50, cooling=0.5)
    progress = Progress(steps, log, every=25)
    alphas = alphas_cumprod().float()
    nothing = encode(text, [""])
    for step in range(steps):
        pictures, shown, captions = draw_batch(rng)
        tokens = prompt.tokens(shown, (torch.rand(BATCH) < SHOWN_SHARE).float())
        context = torch.cat([encode(text, captions), tokens], dim=1)
        silence = prompt.tokens(shown[:1], torch.zeros(1))
        predict = Guided(Spoken(unet), torch.cat([nothing, silence], dim=1))
        loss = diffusion_loss(predict, block_latents(pictures), context, alphas)
        descend(loss / TRAINED_GUIDANCE, prompt.parameters(), optimiser, schedule)
        progress.note(step, loss.item())
    return prompt


def main() -> None:
    """Command line entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ADAPTER)
    parser.add_argument("--tower", type=Path, default=TOWER, help="folder of the vision tower")
    options = parse_options(parser, steps=600)
    unet, _, text = load_checkpoint(options.checkpoint)
    skip_zero_branches(unet)
    prompt = train_image_prompt(unet, text, options.steps, options.seed, lambda line: print(line, flush=True))
    save_image_prompt(prompt, options.out, options.tower)
    print(f"wrote {options.out} and {options.tower}: {count_parameters(prompt)} parameters")


if __name__ == "__main__":
    main()
