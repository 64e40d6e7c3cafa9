"""Steps of denoising are reported with pictures, and a GPU isn't waited for."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from extensions.invokeai.context import util
from extensions.invokeai.context.util import PipelineIntermediateState, StepsTold
from extensions.invokeai.vocabulary.models import BaseModelType
from pipelines.families.registry import BUILT_IN
from tests.cuda_stand_in import cuda_stand_in

SD1 = BaseModelType.StableDiffusion1


def services() -> Any:
    engine = SimpleNamespace(residency=SimpleNamespace(families=BUILT_IN))
    control = SimpleNamespace(cancelled=False)
    return SimpleNamespace(work=SimpleNamespace(services=engine, control=control))


def steps_of(base: BaseModelType) -> StepsTold:
    nobody: Any = None
    return StepsTold(services(), nobody, base)


def state(step: int, device: str = "cpu") -> PipelineIntermediateState:
    latents = torch.ones(1, 4, 8, 8, device=device)
    return PipelineIntermediateState(step=step, order=1, total_steps=4, timestep=0, latents=latents)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, tuple[int, int]]]:
    """Shares and sizes that were reported."""
    heard: list[tuple[float, tuple[int, int]]] = []

    def hear(
        services: Any, data: Any, message: str, share: float, picture: Any, size: tuple[int, int]
    ) -> None:
        heard.append((share, size))

    monkeypatch.setattr(util, "signal", hear)
    return heard


def test_a_step_is_told_at_once_or_when_the_next_one_begins(told: list[Any]) -> None:
    steps = steps_of(SD1)
    steps.tell(state(1))
    assert told == [(0.25, (64, 64))]
    steps.begin(state(2))
    assert len(told) == 1
    steps.begin(state(3))
    steps.finish()
    steps.finish()
    assert [share for share, _ in told] == [0.25, 0.5, 0.75]


def test_a_step_is_not_waited_for_before_the_next_one_begins(told: list[Any]) -> None:
    with cuda_stand_in() as counted:
        steps, first = steps_of(SD1), state(1, "cuda:0")
        counted.take()
        steps.begin(first)
        taken = counted.take()
        assert not taken.reads and taken.late.total() == 1 and told == []
        steps.begin(state(2, "cuda:0"))
        steps.finish()
    assert [share for share, _ in told] == [0.25, 0.5]


def test_families_without_pictures_are_refused() -> None:
    with pytest.raises(ValueError, match="can't be shown"):
        steps_of(BaseModelType.CogView4)
