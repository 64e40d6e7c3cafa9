"""DPM++ 2M SDE by hand: halving levels make every step ln 2 long in log sigma."""

from __future__ import annotations

import math
from typing import Literal

import pytest

from pipelines.sampling.samplers.dpmpp_2m_sde import dpmpp_2m_sde
from tests.pipelines.sampling.samplers.harness import (
    CountedNoise,
    UnitNoise,
    drive,
    levels,
    one_pixel,
    with_answers,
)


@pytest.mark.parametrize(
    ("solver", "factor"), [("midpoint", 0.5 * 0.75), ("heun", 1 - 0.75 / (2 * math.log(2)))]
)
def test_the_second_step_goes_by_two_answers(solver: Literal["midpoint", "heun"], factor: float) -> None:
    run = dpmpp_2m_sde(one_pixel(10), levels(4, 2, 1, 0), UnitNoise(), s_noise=2.0, solver_type=solver)
    final, calls = drive(run, with_answers(2, 4, 7))
    second = 0.25 * 10 + 0.75 * 2 + 2.0 * 2 * 0.75**0.5
    third = 0.25 * second + 0.75 * 4 + factor * (4 - 2) + 2.0 * 1 * 0.75**0.5
    assert [float(call.x) for call in calls] == pytest.approx([10.0, second, third])
    assert float(final) == 7.0


def test_without_eta_no_noise_is_asked_for() -> None:
    noise = CountedNoise((1, 1, 1, 1))
    _, calls = drive(dpmpp_2m_sde(one_pixel(10), levels(4, 2, 0), noise, eta=0.0), with_answers(2, 4))
    assert float(calls[1].x) == pytest.approx(0.5 * 10 + 0.5 * 2)
    assert noise.increments == 0
