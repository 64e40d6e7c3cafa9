"""Euler a: a step from 2 to 1 goes down to 0.5 and comes back by noise of sqrt(0.75)."""

from __future__ import annotations

import pytest

from pipelines.sampling.samplers.euler_ancestral import euler_ancestral
from tests.pipelines.sampling.samplers.harness import UnitNoise, drive, levels, one_pixel, with_slopes

SIGMAS = levels(2, 1, 0)


def test_it_steps_below_the_level_and_adds_noise() -> None:
    run = euler_ancestral(one_pixel(6), SIGMAS, UnitNoise(), s_noise=2.0)
    final, calls = drive(run, with_slopes(2.0, 1.0))
    second = 6 + 2 * (0.5 - 2) + 2.0 * 0.75**0.5
    assert [float(call.x) for call in calls] == pytest.approx([6.0, second])
    assert float(final) == pytest.approx(second - 1.0)


def test_without_eta_it_is_euler() -> None:
    final, calls = drive(euler_ancestral(one_pixel(6), SIGMAS, UnitNoise(), eta=0.0), with_slopes(2.0, 1.0))
    assert [float(call.x) for call in calls] == pytest.approx([6.0, 4.0])
    assert float(final) == pytest.approx(3.0)
