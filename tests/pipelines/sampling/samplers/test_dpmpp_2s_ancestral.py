"""DPM++ 2S a: a step from 2 to 1 goes down to 0.5, by the answer at level 1, and comes back by noise."""

from __future__ import annotations

import pytest

from pipelines.sampling.samplers.dpmpp_2s_ancestral import dpmpp_2s_ancestral
from tests.pipelines.sampling.samplers.harness import UnitNoise, drive, levels, one_pixel, with_answers


def test_the_answer_in_the_middle_counts() -> None:
    run = dpmpp_2s_ancestral(one_pixel(6), levels(2, 1, 0), UnitNoise(), s_noise=2.0)
    final, calls = drive(run, with_answers(2, 3, 7))
    after = 0.25 * 6 + 0.75 * 3 + 2.0 * 0.75**0.5
    assert [float(call.sigma) for call in calls] == pytest.approx([2.0, 1.0, 1.0])
    assert [float(call.x) for call in calls] == pytest.approx([6.0, 0.5 * 6 + 0.5 * 2, after])
    assert float(final) == pytest.approx(7.0)
