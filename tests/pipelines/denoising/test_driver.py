"""A sampler and a denoiser together: what goes between them, and how a job ends early."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled
from pipelines.denoising.denoiser import GuidanceOptions, GuidedDenoiser
from pipelines.denoising.driver import drive
from pipelines.sampling.step import Evaluate, SamplerRun
from tests.pipelines.denoising.answering import X, answered, conditioned, predictor


def counting(closed: list[bool], steps: int = 3) -> SamplerRun:
    """Adds what it is sent to x, at every step."""
    x = X
    try:
        for step in range(steps):
            x = x + (yield Evaluate(x, torch.tensor(1.0), step))
    finally:
        closed.append(True)
    return x


def a_denoiser() -> GuidedDenoiser:
    """Predicts 15, and 4 for the prompt's own picture."""
    return GuidedDenoiser(predictor(conditioned([3.0], [1.0])), GuidanceOptions(cfg_scale=7.0))


def driven(control: JobControl, ask_at: int | None = None, action: Action = Action.CANCEL) -> Tensor:
    """The last x of a run in which a client asks for something at a step."""

    def on_step(step: int) -> None:
        if step == ask_at:
            control.ask(action)

    closed: list[bool] = []
    try:
        return answered(drive(counting(closed), a_denoiser(), control, on_step))
    finally:
        assert closed == [True]


def test_the_sampler_is_sent_what_the_denoiser_makes_of_its_points() -> None:
    assert driven(JobControl()).item() == 100.0 + 3 * 15.0


def test_steps_are_told_before_they_are_evaluated() -> None:
    heard: list[tuple[int, int]] = []
    denoiser = a_denoiser()
    run = drive(counting([]), denoiser, JobControl(), lambda step: heard.append((step, denoiser.calls)))
    answered(run)
    assert heard == [(0, 0), (1, 1), (2, 2)]


@pytest.mark.parametrize("action", [Action.INTERRUPT, Action.SKIP])
def test_a_stopped_run_answers_the_latest_predicted_picture(action: Action) -> None:
    assert driven(JobControl(), 1, action).item() == 4.0


def test_a_run_stopped_before_its_first_step_answers_what_it_began_with() -> None:
    control = JobControl()
    control.ask(Action.INTERRUPT)
    assert driven(control).item() == 100.0


def test_a_cancelled_run_answers_nothing() -> None:
    with pytest.raises(Cancelled):
        driven(JobControl(), 1)
