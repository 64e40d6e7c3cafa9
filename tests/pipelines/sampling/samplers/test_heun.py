"""Heun's steps by hand."""

from __future__ import annotations

import pytest

from pipelines.sampling.samplers.heun import heun
from tests.pipelines.sampling.samplers.harness import UnitNoise, drive, levels, one_pixel, with_slopes


def test_a_step_takes_the_mean_of_the_slopes_at_its_ends() -> None:
    final, calls = drive(heun(one_pixel(10), levels(4, 2, 0), UnitNoise()), with_slopes(2.0, 1.0, 0.5))
    # the slope at the end is taken where Euler's step lands
    assert [float(call.x) for call in calls] == pytest.approx([10.0, 6.0, 7.0])
    assert [float(call.sigma) for call in calls] == [4.0, 2.0, 2.0]
    assert [call.step for call in calls] == [0, 0, 1]
    assert float(final) == pytest.approx(7.0 - 0.5 * 2.0)
