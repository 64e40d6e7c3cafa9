"""Trains the demo UNet on captioned latents, the text encoder held still."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR
from transformers import CLIPTextModel

from tools.demo.captions import caption_scene
from tools.demo.guidance import TRAINED_GUIDANCE, Guided, Predictor
from tools.demo.latents import block_latents
from tools.demo.nets import alphas_cumprod, build_unet
from tools.demo.scenes import Scene, is_held_out, sample_scene, scene_tensor
from tools.demo.shortcuts import set_fine_blocks
from tools.demo.tokens import tokenize
from tools.demo.training import Average, Progress, descend

BATCH = 16  # at the native size; larger pictures come in smaller batches
NATIVE_LATENTS = 16 * 16
LARGER_SHARE = 0.25  # steps on larger pictures, so that these come out sane too
PEAK_RATE = 1e-3
GUIDED_RATE = 0.6  # of the peak
COOLING = 1 / 6
WARMUP = 100
WEIGHT_RANGE = (0.05, 25.0)
SWAPPED_SHARE = 0.4  # captions of other scenes, before guidance is trained
SAVE_EVERY = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffusionPlan:
    """The length of the training and the scenes it draws."""

    steps: int
    fine_steps: int  # how many of the last ones train all residual blocks of the finest level
    guided_steps: int  # how many of the last ones judge the prediction under guidance
    scenes: int
    seed: int
    side: int
    larger_side: int
    checkpoint: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class LatentPool:
    """Scenes with their scaled latents, shape [len(scenes), 4, side / 8, side / 8]."""

    scenes: list[Scene]
    latents: Tensor

    @property
    def batch(self) -> int:
        """Number of pictures that cost about as much as a full batch of native ones."""
        return max(1, round(BATCH * NATIVE_LATENTS / self.latents[0, 0].numel()))


def fill_pools(plan: DiffusionPlan) -> tuple[LatentPool, LatentPool]:
    """Training scenes at the native and, fewer of them, at the larger size."""
    larger = round(plan.scenes * LARGER_SHARE)
    return fill_pool(plan.scenes, plan.side, plan.seed + 1), fill_pool(
        larger, plan.larger_side, plan.seed + 2
    )


def fill_pool(count: int, side: int, seed: int) -> LatentPool:
    """Draws training scenes, none of them held out, and keeps their latents."""
    rng = random.Random(seed)
    scenes: list[Scene] = []
    latents: list[Tensor] = []
    while len(scenes) < count:
        scene = sample_scene(rng)
        if not is_held_out(scene):
            scenes.append(scene)
            latents.append(block_latents(scene_tensor(scene, side, rng)[None]))
    return LatentPool(scenes=scenes, latents=torch.cat(latents))


def spread_times(count: int) -> Tensor:
    """Uniform time steps, one from each of ``count`` equal strata."""
    return ((torch.arange(count) + torch.rand(count)) * 1000 / count).long()


def diffusion_loss(predict: Predictor, latents: Tensor, context: Tensor, alphas: Tensor) -> Tensor:
    """Noise prediction error, weighted as an error of the picture, within limits."""
    times = spread_times(len(latents))
    alpha = alphas[times].view(-1, 1, 1, 1)
    noise = torch.randn_like(latents)
    noisy = alpha.sqrt() * latents + (1 - alpha).sqrt() * noise
    error = (predict(noisy, times, context).sample - noise).square().mean((1, 2, 3))
    snr = (alpha / (1 - alpha)).flatten()
    return (error * (1 / snr).clamp(*WEIGHT_RANGE)).mean()


def train_diffusion(
    text: CLIPTextModel, plan: DiffusionPlan, log: Callable[[str], None]
) -> UNet2DConditionModel:
    """Trains, resuming from the plan's checkpoint when there is one; returns the averaged weights."""
    torch.manual_seed(plan.seed)
    text.requires_grad_(False)
    unet = build_unet().to(memory_format=torch.channels_last)
    average = Average(unet, decay=0.998)
    optimiser = torch.optim.AdamW(parameter_groups(unet), lr=PEAK_RATE, betas=(0.9, 0.99), fused=True)
    schedule = LambdaLR(optimiser, learning_rate(plan))
    parts = {"unet": unet, "average": average.model, "optimiser": optimiser, "schedule": schedule}
    first = resume(parts, plan.checkpoint)
    average.updates = first
    if first == plan.steps:
        return average.model
    pools = fill_pools(plan)
    progress = Progress(plan.steps, log, every=25)
    alphas = alphas_cumprod().float()
    under_guidance = Guided(unet, encode(text, [""]))
    for step in range(first, plan.steps):
        set_fine_blocks(unet, live=step >= plan.steps - plan.fine_steps)
        rng = random.Random(plan.seed * 1_000_003 + step)
        pool = pools[rng.random() < LARGER_SHARE]
        guided = step >= plan.steps - plan.guided_steps
        latents, captions = draw_batch(pool, rng, swapped=0 if guided else SWAPPED_SHARE)
        predict = under_guidance if guided else unet
        loss = diffusion_loss(predict, latents, encode(text, captions), alphas)
        descend(loss / (TRAINED_GUIDANCE if guided else 1), unet.parameters(), optimiser, schedule)
        average.update(unet)
        progress.note(step, loss.item())
        if (step + 1) % SAVE_EVERY == 0 or step + 1 == plan.steps:
            save_parts(parts, step + 1, plan.checkpoint)
    return average.model


def encode(text: CLIPTextModel, captions: list[str]) -> Tensor:
    """The captions' contexts, shape [len(captions), 77, width]."""
    return text(input_ids=tokenize(captions)).last_hidden_state


def learning_rate(plan: DiffusionPlan) -> Callable[[int], float]:
    """Linear warm-up, a constant share of the peak, a lower one under guidance, a linear decay to zero."""

    def rate(step: int) -> float:
        level = GUIDED_RATE if step >= plan.steps - plan.guided_steps else 1.0
        return level * min(1.0, (step + 1) / WARMUP, (plan.steps - step) / (plan.steps * COOLING))

    return rate


def draw_batch(pool: LatentPool, rng: random.Random, swapped: float) -> tuple[Tensor, list[str]]:
    """Latents and a caption for each; the given share of captions describes other scenes."""
    chosen = rng.sample(range(len(pool.scenes)), pool.batch)
    told = [pick_scene(pool.scenes, index, rng, swapped) for index in chosen]
    return pool.latents[chosen], [caption_scene(scene, rng) for scene in told]


def pick_scene(scenes: list[Scene], index: int, rng: random.Random, swapped: float) -> Scene:
    """The scene to caption: in a share of cases another one on the same background."""
    own = scenes[index]
    if rng.random() >= swapped:
        return own
    other = rng.choice(scenes)
    while other.background != own.background:
        other = rng.choice(scenes)
    return other


def parameter_groups(model: nn.Module) -> list[dict[str, object]]:
    """Weight decay for matrices and kernels only."""
    decayed = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    return [{"params": decayed, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]


def save_parts(parts: dict[str, nn.Module], step: int, path: Path) -> None:
    """Writes all training state, replacing the file in one move."""
    state = {name: part.state_dict() for name, part in parts.items()}
    torch.save(state | {"step": step}, path.with_suffix(".new"))
    path.with_suffix(".new").replace(path)


def resume(parts: dict[str, nn.Module], path: Path) -> int:
    """Loads training state if there is any and returns the first step to run."""
    if not path.exists():
        return 0
    state = torch.load(path)
    for name in parts.keys() & state.keys():
        parts[name].load_state_dict(state[name])
    return state["step"]
