"""DPM2's steps by hand: the slope at the geometric middle counts for the whole step."""

from __future__ import annotations

import pytest

from pipelines.sampling.samplers.dpm_2 import dpm_2
from tests.pipelines.sampling.samplers.harness import UnitNoise, drive, levels, one_pixel, with_slopes


def test_the_slope_in_the_middle_counts() -> None:
    final, calls = drive(dpm_2(one_pixel(10), levels(9, 1, 0), UnitNoise()), with_slopes(1.0, 2.0, 0.5))
    assert [float(call.sigma) for call in calls] == pytest.approx([9.0, 3.0, 1.0])
    assert [float(call.x) for call in calls] == pytest.approx([10.0, 10 - 6.0, 10 - 16.0])
    assert [call.step for call in calls] == [0, 0, 1]
    assert float(final) == pytest.approx(-6.0 - 0.5)
