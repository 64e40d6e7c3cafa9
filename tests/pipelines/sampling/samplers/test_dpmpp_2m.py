"""DPM++ 2M by hand: halving levels make every step ln 2 long in log sigma."""

from __future__ import annotations

import pytest

from pipelines.sampling.samplers.dpmpp_2m import dpmpp_2m
from tests.pipelines.sampling.samplers.harness import UnitNoise, drive, levels, one_pixel, with_answers


def test_the_second_step_goes_by_two_answers() -> None:
    final, calls = drive(dpmpp_2m(one_pixel(10), levels(4, 2, 1, 0), UnitNoise()), with_answers(2, 4, 7))
    second = 0.5 * 10 + 0.5 * 2
    third = 0.5 * second + 0.5 * (1.5 * 4 - 0.5 * 2)
    assert [float(call.x) for call in calls] == pytest.approx([10.0, second, third])
    assert float(final) == pytest.approx(7.0)  # the last step is of the first order


def test_uneven_steps_weigh_the_older_answer_by_their_ratio() -> None:
    run = dpmpp_2m(one_pixel(10), levels(8, 2, 1, 0), UnitNoise())
    _, calls = drive(run, with_answers(2, 4, 7))
    second = 0.25 * 10 + 0.75 * 2
    blended = (1 + 1 / 4) * 4 - 1 / 4 * 2  # the step before was twice as long
    assert float(calls[2].x) == pytest.approx(0.5 * second + 0.5 * blended)
