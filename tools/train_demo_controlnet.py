"""Trains the demo ControlNet: edges decide shape and place, the prompt the rest (Zhang et al. 2023)."""

import argparse
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from diffusers import ControlNetModel, UNet2DConditionModel
from safetensors.torch import save_file
from torch import Tensor
from transformers import CLIPTextModel

from tools.demo.captions import caption_scene
from tools.demo.latents import block_latents
from tools.demo.layout import load_checkpoint
from tools.demo.nets import alphas_cumprod, count_parameters
from tools.demo.scenes import Scene, sample_scene, scene_tensor
from tools.demo.shortcuts import skip_zero_branches
from tools.demo.tokens import tokenize
from tools.demo.train_diffusion import diffusion_loss
from tools.demo.training import Progress, descend, warm_then_cool

SIDE = 128
BATCH = 12
PEAK_RATE = 1e-3
VAGUE_SHARE = 0.5  # captions that leave the shape to the edges
CANNY = (100, 200)


def edge_map(picture: Tensor) -> Tensor:
    """White edges on black in [0, 1], shape [3, h, w], of a picture in [-1, 1]."""
    pixels = ((picture + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()
    edges = torch.from_numpy(cv2.Canny(np.ascontiguousarray(pixels), *CANNY)).float() / 255
    return edges.expand(3, -1, -1)


def caption(scene: Scene, rng: random.Random) -> str:
    """A caption of the scene, or one that tells only its colours."""
    if rng.random() >= VAGUE_SHARE:
        return caption_scene(scene, rng)
    words = " and ".join(f"a {figure.colour} shape" for figure in scene.figures)
    return words + (f" on a {scene.background} background" if rng.random() < 0.5 else "")


def build_controlnet(unet: UNet2DConditionModel) -> ControlNetModel:
    """A copy of the UNet's encoder with a small edge encoder before it and zero convolutions after."""
    control = ControlNetModel.from_unet(unet, conditioning_channels=3)
    for network in (unet, control):
        skip_zero_branches(network)
    return control.requires_grad_(True).train()


def controlled(unet: UNet2DConditionModel, control: ControlNetModel, edges: Tensor) -> Callable[..., Any]:
    """The UNet with the ControlNet's residuals for the edge maps added."""

    def predict(noisy: Tensor, times: Tensor, context: Tensor) -> Any:
        down, middle = control(noisy, times, context, controlnet_cond=edges, return_dict=False)
        return unet(
            noisy, times, context, down_block_additional_residuals=down, mid_block_additional_residual=middle
        )

    return predict


def train_controlnet(
    unet: UNet2DConditionModel, text: CLIPTextModel, steps: int, seed: int, log: Callable[[str], None]
) -> ControlNetModel:
    """Trains on scenes with their edges; the checkpoint's own networks stay as they are."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    control = build_controlnet(unet)
    optimiser = torch.optim.AdamW(control.parameters(), lr=PEAK_RATE, weight_decay=0.01)
    schedule = warm_then_cool(optimiser, steps, warmup=50, cooling=0.4)
    progress = Progress(steps, log, every=25)
    alphas = alphas_cumprod().float()
    for step in range(steps):
        scenes = [sample_scene(rng) for _ in range(BATCH)]
        pictures = torch.stack([scene_tensor(scene, SIDE, rng) for scene in scenes])
        edges = torch.stack([edge_map(picture) for picture in pictures])
        context = text(input_ids=tokenize([caption(scene, rng) for scene in scenes])).last_hidden_state
        loss = diffusion_loss(controlled(unet, control, edges), block_latents(pictures), context, alphas)
        descend(loss, control.parameters(), optimiser, schedule)
        progress.note(step, loss.item())
    return control


def main() -> None:
    """Command line entry point."""
    checkpoint = Path("models/Stable-diffusion/demo.safetensors")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path, nargs="?", default=checkpoint)
    parser.add_argument("--out", type=Path, default=Path("models/ControlNet/demo-canny.safetensors"))
    parser.add_argument("--steps", type=int, default=450)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    unet, _, text = load_checkpoint(options.checkpoint)
    control = train_controlnet(unet, text, options.steps, options.seed, lambda line: print(line, flush=True))
    weights = {name: tensor.half().contiguous() for name, tensor in control.state_dict().items()}
    options.out.parent.mkdir(parents=True, exist_ok=True)
    save_file(weights, options.out, metadata={"format": "pt"})
    print(f"wrote {options.out}: {count_parameters(control)} parameters, {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
