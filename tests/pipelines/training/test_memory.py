"""A run needs four copies of what is trained and one step's graph; a hard budget refuses more than it has."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch
from torch import nn

from pipelines.contract.errors import OverBudget
from pipelines.contract.training import (
    EmbeddingTarget,
    TrainingLog,
    TrainingPictures,
    TrainingSteps,
    TrainRequest,
)
from pipelines.families.model import LoadedModel
from pipelines.memory.budget import MIB, Budget
from pipelines.training.memory import TrainingRoom, graph_bytes, lean

NUMBERS = MIB
"""Numbers of the toy's graph for each picture of 8x8."""


@dataclass
class ToyTraining:
    """The part of a family that training's memory is reckoned by."""

    entered: int = 0
    asked: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    def graph_numbers(self, model: LoadedModel, width: int, height: int) -> int:
        self.asked.append((width, height))
        return NUMBERS * (width // 8) * (height // 8)

    @contextmanager
    def recomputing(self, model: LoadedModel) -> Generator[None]:
        self.entered += 1
        yield


def model_of(training: ToyTraining, *, device: str = "cpu", turns: bool = False) -> LoadedModel:
    family = SimpleNamespace(training=training)
    precision, placement = SimpleNamespace(unet=torch.float16), SimpleNamespace(takes_turns=turns)
    return cast(
        Any,
        SimpleNamespace(family=family, device=torch.device(device), precision=precision, placement=placement),
    )


def a_request(batch: int = 2) -> TrainRequest:
    return TrainRequest(
        run="1",
        seed=1,
        name="one",
        checkpoint="",
        target=EmbeddingTarget(path=""),
        pictures=TrainingPictures(folder="", width=8, height=8, template=("x",)),
        steps=TrainingSteps(steps=1, learn_rate="1", batch_size=batch),
        log=TrainingLog(folder=""),
    )


def room(budget: Budget, *, batch: int = 2, device: str = "cpu", turns: bool = False) -> TrainingRoom:
    """A run that trains 1 MiB; its graph is 2 MiB for each picture of 8x8."""
    trained = nn.Parameter(torch.zeros(MIB // 4))
    model = model_of(ToyTraining(), device=device, turns=turns)
    return TrainingRoom(request=a_request(batch), model=model, parameters=[trained], budget=budget)


def test_a_graph_grows_with_pictures_and_the_number_format() -> None:
    training = ToyTraining()
    assert graph_bytes(a_request(3), model_of(training), 16, 8) == 2 * NUMBERS * 3 * 2
    assert training.asked == [(16, 8)]


def test_what_fits_is_taken_and_what_does_not_is_refused_with_figures() -> None:
    room(Budget(8 * MIB, hard=True)).require(8, 8)  # 4 + 2 * 2
    with pytest.raises(
        OverBudget, match="training 2 pictures of 8x8 at once needs 8 MiB; there are 7 MiB of RAM"
    ) as refused:
        room(Budget(8 * MIB - 1, hard=True)).require(8, 8)
    assert refused.value.field == "steps.batch_size"


@pytest.mark.parametrize("budget", [Budget(), Budget(MIB)])
def test_a_budget_that_may_be_passed_refuses_nothing(budget: Budget) -> None:
    room(budget).require(64, 64)


def test_models_in_parts_are_refused_on_an_accelerator_only() -> None:
    room(Budget(), turns=True).require(8, 8)
    with pytest.raises(OverBudget, match="all parts of a model") as refused:
        room(Budget(), device="meta", turns=True).require(8, 8)
    assert refused.value.field == "checkpoint"


def test_an_accelerators_budget_counts_what_is_trained() -> None:
    room(Budget(4 * MIB, hard=True), device="meta").require(64, 64)
    with pytest.raises(OverBudget, match="training one"):
        room(Budget(3 * MIB, hard=True), device="meta").require(8, 8)


@pytest.mark.parametrize(("device", "entered"), [("cpu", 0), ("meta", 1)])
def test_blocks_are_computed_once_more_on_accelerators(device: str, entered: int) -> None:
    training = ToyTraining()
    with lean(model_of(training, device=device)):
        pass
    assert training.entered == entered
