"""Teaches a vision tower to tell scenes of one figure apart, before it has to speak for them."""

import random
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPVisionModelWithProjection

from tools.demo.image_prompt import IMAGE_SIDE, pixel_values
from tools.demo.nets import TEXT_WIDTH
from tools.demo.scenes import (
    BACKGROUNDS,
    COLOURS,
    POSITIONS,
    SHAPES,
    SIZES,
    Scene,
    sample_scene,
    scene_tensor,
)
from tools.demo.training import Progress, descend, warm_then_cool

BATCH = 64
PEAK_RATE = 2e-3
CHOICES = (tuple(BACKGROUNDS), SHAPES, tuple(COLOURS), tuple(SIZES), tuple(POSITIONS), (False, True))
"""What can be told of a scene of one figure."""


def labels(scene: Scene) -> list[int]:
    """The place of each attribute in ``CHOICES``."""
    (figure,) = scene.figures
    told = (scene.background, figure.shape, figure.colour, figure.size, figure.position, figure.filled)
    return [choices.index(value) for choices, value in zip(CHOICES, told, strict=True)]


def sample_single(rng: random.Random) -> Scene:
    """A scene of one figure."""
    while len((scene := sample_scene(rng)).figures) > 1:
        pass
    return scene


def teach_sight(
    tower: CLIPVisionModelWithProjection, steps: int, seed: int, log: Callable[[str], None]
) -> None:
    """Trains the tower and a linear reader of its embedding, which is then thrown away."""
    rng = random.Random(seed)
    reader = nn.Linear(TEXT_WIDTH, sum(map(len, CHOICES)))
    trained = [*tower.parameters(), *reader.parameters()]
    optimiser = torch.optim.AdamW(trained, lr=PEAK_RATE, weight_decay=0.01)
    schedule = warm_then_cool(optimiser, steps, warmup=50, cooling=0.5)
    progress = Progress(steps, log, every=50)
    for step in range(steps):
        scenes = [sample_single(rng) for _ in range(BATCH)]
        pictures = torch.stack([scene_tensor(scene, IMAGE_SIDE, rng) for scene in scenes])
        answers = reader(tower(pixel_values(pictures)).image_embeds)
        loss = surprise(answers, torch.tensor([labels(scene) for scene in scenes]))
        descend(loss, trained, optimiser, schedule)
        progress.note(step, loss.item())


def surprise(answers: Tensor, truth: Tensor) -> Tensor:
    """The mean cross-entropy over all attributes; ``answers`` [n, choices], ``truth`` [n, attributes]."""
    parts = answers.split([len(choices) for choices in CHOICES], dim=1)
    losses = [functional.cross_entropy(part, truth[:, i]) for i, part in enumerate(parts)]
    return torch.stack(losses).mean()
