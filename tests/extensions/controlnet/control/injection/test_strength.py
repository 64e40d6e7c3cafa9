"""The strength of a unit by layer, and the steps in which it acts."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.controlnet.control.injection.strength import (
    Clock,
    Moment,
    acts_in,
    before_end,
    in_window,
    layer_weights,
    moment_of,
)
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import PREPROCESSORS
from extensions.controlnet.units.spellings import ControlMode, HiresOption
from extensions.controlnet.units.unit import Unit


def unit(**values: Any) -> Unit:
    given: dict[str, Any] = {
        "field": "u",
        "preprocessor": Preprocessor(key="none"),
        "module": "none",
        **values,
    }
    return Unit(**given)


def active_steps(steps: int, start: float, end: float) -> list[int]:
    """The steps at which a unit acts, with one model call per step."""
    clock, one = Clock(), unit(guidance_start=start, guidance_end=end)
    return [step for step in range(steps) if in_window(one, Moment(clock.tick(step, step) / steps))]


def test_the_window_lags_a_step() -> None:
    assert active_steps(20, 0.0, 0.5) == list(range(12))
    assert active_steps(20, 0.5, 1.0) == list(range(11, 20))
    assert active_steps(20, 0.2, 0.8) == list(range(5, 18))


def test_a_window_that_goes_by_noise_doesn_t_lag() -> None:
    one = unit(guidance_end=0.5, guidance_by_noise=True)
    half = moment_of(499.5, steps=0.9)
    assert half.noise == 0.5
    acting = [in_window(one, moment_of(timestep, steps=0.9)) for timestep in (999, 600, 499.5, 499)]
    assert acting == [True, True, True, False]
    assert (before_end(one, half), before_end(one, moment_of(500, steps=1))) == (False, True)
    assert before_end(unit(guidance_end=0.5), Moment(0.5))
    assert (moment_of(-5, 0).noise, moment_of(2000, 0).noise) == (1.0, 0.0)


def test_further_calls_of_a_step_see_the_step_itself() -> None:
    clock = Clock()
    seen = [clock.tick(call, call // 2) for call in range(6)]
    assert seen == [0, 0, 0, 1, 1, 2]
    assert clock.tick(5, 2) == 2


def test_a_sampler_that_tells_late_is_a_step_behind_in_all_its_calls() -> None:
    clock = Clock(late=True)
    assert [clock.tick(call, call // 3) for call in range(9)] == [0] * 6 + [1] * 3


def test_more_steps_than_planned_lie_beyond_every_unit() -> None:
    clock, whole = Clock(late=True), unit(guidance_start=0.0, guidance_end=1.0)
    acting = [step for step in range(8) if in_window(whole, Moment(clock.fraction(3 * step, (step, 4))))]
    assert acting == [0, 1, 2, 3, 4, 5]


def test_soft_weights() -> None:
    soft = layer_weights(unit(control_mode=ControlMode.PROMPT), 13, hires=False)
    expected = [
        0.0994,
        0.1205,
        0.1461,
        0.1770,
        0.2146,
        0.2601,
        0.3153,
        0.3822,
        0.4633,
        0.5615,
        0.6806,
        0.8250,
        1.0,
    ]
    assert soft == pytest.approx(expected, abs=1e-4)
    sdxl = layer_weights(unit(control_mode=ControlMode.CONTROL, weight=2.0), 10, hires=False)
    assert sdxl[-1] == pytest.approx(2 * 0.5615, abs=1e-3)


def test_flat_and_given_weights() -> None:
    assert layer_weights(unit(weight=0.4), 3, hires=False) == (0.4, 0.4, 0.4)
    assert layer_weights(unit(advanced_weighting=(0.1, 0.2)), 3, hires=False) == (0.1, 0.2, 0.0)
    assert layer_weights(unit(preprocessor=PREPROCESSORS["canny"]), 13, hires=True)[0] < 0.1


def test_hires_options() -> None:
    assert [acts_in(unit(hr_option=o), hires=True) for o in HiresOption] == [True, False, True]
    assert [acts_in(unit(hr_option=o), hires=False) for o in HiresOption] == [True, True, False]
