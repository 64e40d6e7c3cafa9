"""DPM2 a: a step from 2 to 1 goes down to 0.5, by the slope at level 1, and comes back by noise."""

from __future__ import annotations

import pytest

from pipelines.sampling.samplers.dpm_2_ancestral import dpm_2_ancestral
from tests.pipelines.sampling.samplers.harness import UnitNoise, drive, levels, one_pixel, with_slopes


def test_it_steps_below_the_level_and_adds_noise() -> None:
    run = dpm_2_ancestral(one_pixel(6), levels(2, 1, 0), UnitNoise(), s_noise=2.0)
    final, calls = drive(run, with_slopes(2.0, 1.0, 0.5))
    after = 6 + 1.0 * (0.5 - 2) + 2.0 * 0.75**0.5
    assert [float(call.sigma) for call in calls] == pytest.approx([2.0, 1.0, 1.0])
    assert [float(call.x) for call in calls] == pytest.approx([6.0, 6 + 2.0 * (1 - 2), after])
    assert float(final) == pytest.approx(after - 0.5)  # nothing is added at the end
