"""Euler's steps by hand."""

from __future__ import annotations

import pytest

from pipelines.sampling.samplers.euler import euler
from tests.pipelines.sampling.samplers.harness import UnitNoise, drive, levels, one_pixel, with_answers


def test_every_step_follows_its_slope() -> None:
    final, calls = drive(euler(one_pixel(10), levels(4, 2, 0), UnitNoise()), with_answers(2.0, 3.0))
    # the first slope is (10 - 2) / 4; the last step ends at the last answer
    assert [float(call.x) for call in calls] == pytest.approx([10.0, 6.0])
    assert [call.step for call in calls] == [0, 1]
    assert float(final) == pytest.approx(3.0)


def test_churn_adds_noise_up_to_its_level() -> None:
    run = euler(one_pixel(10), levels(4, 0), UnitNoise(), s_churn=0.25, s_noise=2.0)
    _, (call,) = drive(run, with_answers(0.0))
    assert float(call.sigma) == 5.0
    assert float(call.x) == pytest.approx(10 + 2.0 * (25 - 16) ** 0.5)
