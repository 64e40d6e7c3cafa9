"""Deterministic samplers approach the exact solution with the order that their papers claim."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch

from pipelines.sampling.samplers.dpm_2 import dpm_2
from pipelines.sampling.samplers.dpm_2_ancestral import dpm_2_ancestral
from pipelines.sampling.samplers.dpmpp_2m import dpmpp_2m
from pipelines.sampling.samplers.dpmpp_2m_sde import dpmpp_2m_sde
from pipelines.sampling.samplers.dpmpp_2s_ancestral import dpmpp_2s_ancestral
from pipelines.sampling.samplers.dpmpp_3m_sde import dpmpp_3m_sde
from pipelines.sampling.samplers.dpmpp_sde import dpmpp_sde
from pipelines.sampling.samplers.euler import euler
from pipelines.sampling.samplers.euler_ancestral import euler_ancestral
from pipelines.sampling.samplers.heun import heun
from pipelines.sampling.samplers.lms import lms
from pipelines.sampling.samplers.restart import restart
from tests.pipelines.sampling.samplers.harness import CountedNoise, denoise, drive, exact

SHAPE = (1, 1, 2, 2)
HIGH, LOW = 5.0, 0.1


def error_after(run: Callable[..., Any], n: int) -> float:
    sigmas = torch.linspace(math.log(HIGH), math.log(LOW), n + 1, dtype=torch.float64).exp()
    x = torch.full(SHAPE, HIGH, dtype=torch.float64)
    final, _ = drive(run(x, sigmas, CountedNoise(SHAPE)), denoise)
    return float((final - exact(x, HIGH, LOW)).abs().max())


@pytest.mark.parametrize(
    ("run", "order"),
    [
        (euler, 1),
        (partial(euler_ancestral, eta=0.0), 1),
        (heun, 2),
        (dpm_2, 2),
        (partial(dpm_2_ancestral, eta=0.0), 2),
        (partial(dpmpp_2s_ancestral, eta=0.0), 2),
        (partial(dpmpp_sde, eta=0.0), 2),
        (dpmpp_2m, 2),
        (partial(dpmpp_2m_sde, eta=0.0), 2),
        (partial(dpmpp_2m_sde, eta=0.0, solver_type="heun"), 2),
        (partial(dpmpp_3m_sde, eta=0.0), 2),  # its first step, of order 1, dominates
        (lms, 2.5),  # likewise
    ],
)
def test_order(run: Callable[..., Any], order: float) -> None:
    observed = math.log2(error_after(run, 64) / error_after(run, 128))
    assert observed > order - 0.35


def test_restart_below_twenty_steps_is_heun() -> None:
    assert error_after(restart, 16) == error_after(heun, 16)
