"""Teaching a tower to see: what is told of a scene, and that the lesson is learnt."""

from __future__ import annotations

import math
import random

import pytest
import torch

from tools.demo import sight
from tools.demo.image_prompt import build_tower
from tools.demo.scenes import Figure, Scene
from tools.demo.sight import CHOICES, labels, sample_single, surprise


def test_every_attribute_has_a_place() -> None:
    figure = Figure(shape="star", colour="blue", size="large", position="left", filled=True)
    assert labels(Scene(background="black", figures=(figure,))) == [1, 3, 2, 2, 1, 1]
    assert all(len(sample_single(random.Random(seed)).figures) == 1 for seed in range(9))


def test_surprise_is_zero_for_what_is_known_and_large_for_what_is_wrong() -> None:
    truth = torch.tensor([[0, 1, 2, 0, 4, 1]])
    parts = [torch.eye(len(choices))[truth[0, i]] for i, choices in enumerate(CHOICES)]
    sure = 50 * torch.cat(parts)[None]
    assert float(surprise(sure, truth)) == pytest.approx(0.0, abs=1e-6)
    assert float(surprise(-sure, truth)) > 40


def test_a_few_lessons_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sight, "BATCH", 16)
    torch.manual_seed(0)
    lines: list[str] = []
    sight.teach_sight(build_tower(), steps=60, seed=1, log=lines.append)
    chance = sum(math.log(len(choices)) for choices in CHOICES) / len(CHOICES)
    first, last = (float(line.split("loss ")[1].split()[0]) for line in lines)
    assert last < 0.85 * chance and last < first
