"""DPM++ 3M SDE by hand: halving levels make every step ln 2 long in log sigma."""

from __future__ import annotations

import math

import pytest

from pipelines.sampling.samplers.dpmpp_3m_sde import dpmpp_3m_sde
from tests.pipelines.sampling.samplers.harness import UnitNoise, drive, levels, one_pixel, with_answers


def test_up_to_three_answers_count() -> None:
    run = dpmpp_3m_sde(one_pixel(10), levels(8, 4, 2, 1, 0), UnitNoise(), eta=0.0)
    final, calls = drive(run, with_answers(2, 4, 7, 9))
    phi_2 = 1 - 0.5 / math.log(2)
    phi_3 = phi_2 / math.log(2) - 0.5
    second = 0.5 * 10 + 0.5 * 2
    third = 0.5 * second + 0.5 * 4 + phi_2 * (4 - 2)
    # differences 3 and 2: the slope is 3 + (3 - 2) / 2, the bend (3 - 2) / 2
    fourth = 0.5 * third + 0.5 * 7 + phi_2 * 3.5 - phi_3 * 0.5
    assert [float(call.x) for call in calls] == pytest.approx([10.0, second, third, fourth])
    assert float(final) == 9.0


def test_eta_adds_noise_and_forgets_more_of_x() -> None:
    run = dpmpp_3m_sde(one_pixel(10), levels(4, 2, 0), UnitNoise(), s_noise=2.0)
    _, calls = drive(run, with_answers(2, 4))
    assert float(calls[1].x) == pytest.approx(0.25 * 10 + 0.75 * 2 + 2.0 * 2 * 0.75**0.5)
