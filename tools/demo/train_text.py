"""Teaches the demo text encoder to sum captions up before any picture is trained on."""

import random
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextModel

from tools.demo.captions import caption_scene
from tools.demo.nets import TEXT_WIDTH, build_text_encoder
from tools.demo.scenes import BACKGROUNDS, COLOURS, POSITIONS, SHAPES, SIZES, Scene, is_held_out, sample_scene
from tools.demo.tokens import END, tokenize
from tools.demo.training import Progress, descend, warm_then_cool

BATCH = 32
PEAK_RATE = 2e-3
FIGURE_NAMES = (SHAPES, tuple(COLOURS), tuple(POSITIONS), tuple(SIZES), (False, True))
CLASSES = (len(BACKGROUNDS), 2, *(len(names) for names in FIGURE_NAMES * 2))
IGNORED = -100


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPlan:
    """The length and the seed of the training."""

    steps: int
    seed: int


def scene_labels(scene: Scene) -> list[int]:
    """One class index per attribute, in the order of ``CLASSES``; a missing second figure is ignored."""
    labels = [list(BACKGROUNDS).index(scene.background), len(scene.figures) - 1]
    for place in range(2):
        if place >= len(scene.figures):
            labels += [IGNORED] * len(FIGURE_NAMES)
            continue
        figure = scene.figures[place]
        values = (figure.shape, figure.colour, figure.position, figure.size, figure.filled)
        labels += [names.index(value) for names, value in zip(FIGURE_NAMES, values, strict=True)]
    return labels


def summary_loss(logits: Tensor, labels: Tensor, ended: Tensor) -> Tensor:
    """Cross entropy of every attribute [n, classes] at every position [n, 77] from the caption's end on."""
    total = logits.new_zeros(())
    for index, part in enumerate(logits.split(CLASSES, dim=-1)):
        target = torch.where(ended, labels[:, index, None], IGNORED)
        total = total + functional.cross_entropy(part.flatten(0, 1), target.flatten(), ignore_index=IGNORED)
    return total


def train_text(plan: TextPlan, log: Callable[[str], None]) -> CLIPTextModel:
    """Trains the encoder with a linear read-out of the scene that is thrown away afterwards."""
    torch.manual_seed(plan.seed)
    rng = random.Random(plan.seed + 2)
    text, head = build_text_encoder(), nn.Linear(TEXT_WIDTH, sum(CLASSES))
    parameters = [*text.parameters(), *head.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=PEAK_RATE, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
    schedule = warm_then_cool(optimiser, plan.steps, warmup=50, cooling=0.4)
    progress = Progress(plan.steps, log, every=25)
    for step in range(plan.steps):
        drawn = (sample_scene(rng) for _ in range(2 * BATCH))
        scenes = [scene for scene in drawn if not is_held_out(scene)][:BATCH]
        ids = tokenize([caption_scene(scene, rng) for scene in scenes])
        labels = torch.tensor([scene_labels(scene) for scene in scenes])
        loss = summary_loss(head(text(input_ids=ids).last_hidden_state), labels, ids == END)
        descend(loss, parameters, optimiser, schedule)
        progress.note(step, loss.item())
    return text
