"""Single steps of DPM-Solver by hand: a constant noise prediction makes every path straight."""

from __future__ import annotations

import math

import pytest
from torch import Tensor

from pipelines.sampling.dpm_solver import ancestral_target, eps_at, stage_1, step_1, step_2, step_3
from pipelines.sampling.step import Evaluate
from tests.pipelines.sampling.samplers.harness import drive, levels, one_pixel, with_slopes


def times(*sigmas: float) -> Tensor:
    return levels(*sigmas).log().neg()


def test_the_noise_prediction_is_the_slope() -> None:
    def model(point: Evaluate) -> Tensor:
        return point.x - point.sigma * 3

    eps, (call,) = drive(eps_at(one_pixel(10), times(4)[0], 7), model)
    assert (float(eps), float(call.sigma), call.step) == (pytest.approx(3.0), pytest.approx(4.0), 7)


def test_the_first_order_goes_straight() -> None:
    t, t_next = times(4, 1)
    assert float(step_1(one_pixel(10), t, t_next, one_pixel(2))) == pytest.approx(10 + 2 * (1 - 4))


def test_a_stage_lies_at_its_share_of_log_sigma() -> None:
    t, t_next = times(9, 1)
    eps, (call,) = drive(stage_1(one_pixel(10), t, t_next, one_pixel(2), 0.5, 3), with_slopes(5.0))
    assert float(call.sigma) == pytest.approx(3.0)
    assert float(call.x) == pytest.approx(10 + 2 * (3 - 9))
    assert float(eps) == pytest.approx(5.0)


def test_the_second_order_adds_the_change_of_the_prediction() -> None:
    t, t_next = times(4, 1)
    x = step_2(one_pixel(10), t, t_next, one_pixel(2), one_pixel(3), 0.5)
    # e^h - 1 is 3: the change of 1 over half a step counts once more
    assert float(x) == pytest.approx(10 - 3 * 2 - 3 * (3 - 2))


def test_the_third_order_looks_at_two_thirds() -> None:
    t, t_next = times(8, 1)
    run = step_3(one_pixel(20), t, t_next, one_pixel(2), one_pixel(2), 4)
    x, (call,) = drive(run, with_slopes(2.0))
    assert (float(call.sigma), call.step) == (pytest.approx(2.0), 4)
    assert float(x) == pytest.approx(20 + 2 * (1 - 8))


def test_the_third_order_weighs_the_change_by_the_paper() -> None:
    """Lu et al. 2022, algorithm 2: sigma / r2 * ((e^h - 1) / h - 1) times the change at 2/3."""
    t, t_next = times(8, 1)
    h, r = math.log(8), 2 / 3
    x, (call,) = drive(step_3(one_pixel(20), t, t_next, one_pixel(2), one_pixel(3), 0), with_slopes(5.0))
    bend = 2.0 * 2 * (3 / (r * h) - 1) * (3 - 2)
    assert float(call.x) == pytest.approx(20 - 2.0 * 3 * 2 - bend)
    assert float(x) == pytest.approx(20 - 7 * 2 - (7 / h - 1) / r * (5 - 2))


@pytest.mark.parametrize(
    ("eta", "end", "target", "noise"),
    [
        (0.0, 0.1, 1.0, 0.0),
        (1.0, 0.1, 0.5, 0.75**0.5),
        (1.0, 0.8, 0.8, 0.6),  # never below the end
    ],
)
def test_an_ancestral_segment_from_two_to_one(eta: float, end: float, target: float, noise: float) -> None:
    t, t_next, t_end = times(2, 1, end)
    found, up = ancestral_target(t, t_next, t_end, eta)
    assert (math.exp(-float(found)), float(up)) == (pytest.approx(target), pytest.approx(noise))
