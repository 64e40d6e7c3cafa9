"""DPM++ SDE by hand: a stage at the geometric middle, then the whole step, each with noise of the path."""

from __future__ import annotations

import pytest

from pipelines.sampling.samplers.dpmpp_sde import dpmpp_sde
from tests.pipelines.sampling.samplers.harness import UnitNoise, drive, levels, one_pixel, with_answers


def test_the_answer_in_the_middle_counts() -> None:
    run = dpmpp_sde(one_pixel(6), levels(2, 1, 0), UnitNoise(), s_noise=2.0)
    final, calls = drive(run, with_answers(2, 3, 7))
    middle = 0.5 * 6 + 0.5 * 2 + 2.0 * 1.0  # from 2 to sqrt(2): down to 1, noise of 1
    after = 0.25 * 6 + 0.75 * 3 + 2.0 * 0.75**0.5  # from 2 to 1: down to 0.5, noise of sqrt(0.75)
    assert [float(call.sigma) for call in calls] == pytest.approx([2.0, 2**0.5, 1.0])
    assert [float(call.x) for call in calls] == pytest.approx([6.0, middle, after])
    assert float(final) == pytest.approx(7.0)
