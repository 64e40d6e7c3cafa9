"""Trains a ControlNet for the demo: drawn lines decide shape and place, the prompt the rest.

Zhang et al., "Adding Conditional Control to Text-to-Image Diffusion Models", 2023.
"""

import argparse
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers import ControlNetModel, UNet2DConditionModel
from safetensors.torch import load_file
from torch import Tensor
from transformers import CLIPTextModel

from tools.demo.captions import caption_scene
from tools.demo.controls import MAPS, control_tensor
from tools.demo.finetuning import parse_options, save_half
from tools.demo.guidance import TRAINED_GUIDANCE, Guided
from tools.demo.latents import block_latents
from tools.demo.layout import load_checkpoint
from tools.demo.nets import alphas_cumprod, count_parameters
from tools.demo.scenes import Scene, sample_scene, scene_tensor
from tools.demo.shortcuts import skip_zero_branches
from tools.demo.train_diffusion import diffusion_loss, encode
from tools.demo.training import Progress, descend, warm_then_cool

SIDE = 128
BATCH = 12
PEAK_RATE = 1e-3
VAGUE_SHARE = 0.5  # captions that leave the shape to the lines


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlPlan:
    """On which maps to train, and for how long."""

    kind: str
    steps: int
    seed: int


def caption(scene: Scene, rng: random.Random) -> str:
    """A caption of the scene, or one with nothing but its colours."""
    if rng.random() >= VAGUE_SHARE:
        return caption_scene(scene, rng)
    words = " and ".join(f"a {figure.colour} shape" for figure in scene.figures)
    return words + (f" on a {scene.background} background" if rng.random() < 0.5 else "")


def build_controlnet(unet: UNet2DConditionModel) -> ControlNetModel:
    """A copy of the UNet's encoder with a small encoder of the map before it and zero convolutions after."""
    control = ControlNetModel.from_unet(unet, conditioning_channels=3)
    for network in (unet, control):
        skip_zero_branches(network)
    return control.requires_grad_(True).train()


def controlled(unet: UNet2DConditionModel, control: ControlNetModel, maps: Tensor) -> Callable[..., Any]:
    """The UNet with the ControlNet's residuals for the maps added."""

    def predict(noisy: Tensor, times: Tensor, context: Tensor) -> Any:
        down, middle = control(noisy, times, context, controlnet_cond=maps, return_dict=False)
        return unet(
            noisy, times, context, down_block_additional_residuals=down, mid_block_additional_residual=middle
        )

    return predict


def train_controlnet(
    unet: UNet2DConditionModel,
    text: CLIPTextModel,
    control: ControlNetModel,
    plan: ControlPlan,
    log: Callable[[str], None],
) -> None:
    """Trains on scenes with their maps; the checkpoint's own networks stay as they are."""
    torch.manual_seed(plan.seed)
    rng = random.Random(plan.seed)
    optimiser = torch.optim.AdamW(control.parameters(), lr=PEAK_RATE, betas=(0.9, 0.99), weight_decay=0.01)
    schedule = warm_then_cool(optimiser, plan.steps, warmup=50, cooling=0.4)
    progress = Progress(plan.steps, log, every=25)
    alphas = alphas_cumprod().float()
    nothing = encode(text, [""])
    for step in range(plan.steps):
        scenes = [sample_scene(rng) for _ in range(BATCH)]
        pictures = torch.stack([scene_tensor(scene, SIDE, rng) for scene in scenes])
        maps = torch.stack([control_tensor(plan.kind, picture, rng) for picture in pictures])
        context = encode(text, [caption(scene, rng) for scene in scenes])
        predict = Guided(controlled(unet, control, maps), nothing)
        loss = diffusion_loss(predict, block_latents(pictures), context, alphas)
        descend(loss / TRAINED_GUIDANCE, control.parameters(), optimiser, schedule)
        progress.note(step, loss.item())


def main() -> None:
    """Command line entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=MAPS, default="canny", help="the lines it obeys")
    parser.add_argument("--start", type=Path, help="a ControlNet of another kind to start from")
    parser.add_argument("--out", type=Path, help="default: models/ControlNet/demo-KIND.safetensors")
    options = parse_options(parser, steps=900)
    unet, _, text = load_checkpoint(options.checkpoint)
    torch.manual_seed(options.seed)  # the map's encoder starts at random
    control = build_controlnet(unet)
    if options.start:
        control.load_state_dict(load_file(options.start))
    plan = ControlPlan(kind=options.kind, steps=options.steps, seed=options.seed)
    train_controlnet(unet, text, control, plan, lambda line: print(line, flush=True))
    out = options.out or Path(f"models/ControlNet/demo-{options.kind}.safetensors")
    save_half(control.state_dict(), out, format="pt")
    print(f"wrote {out}: {count_parameters(control)} parameters, {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
