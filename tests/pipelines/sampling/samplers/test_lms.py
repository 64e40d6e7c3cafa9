"""Coefficients of LMS are exact integrals of Lagrange polynomials."""

from __future__ import annotations

import pytest
import torch

from pipelines.sampling.samplers.lms import lms
from pipelines.sampling.step import Evaluate
from tests.pipelines.sampling.samplers.harness import CountedNoise, drive

SHAPE = (1, 1, 1, 1)


def test_cubic_slopes_are_integrated_exactly() -> None:
    sigmas = torch.tensor([8.0, 7.0, 5.5, 4.0, 2.0, 0.5], dtype=torch.float64)
    history: list[float] = []

    def model(point: Evaluate) -> torch.Tensor:
        history.append(float(point.x))
        return point.x - point.sigma * 4 * point.sigma**3  # slope d = 4 sigma^3

    final, _ = drive(lms(torch.zeros(SHAPE, dtype=torch.float64), sigmas, CountedNoise(SHAPE)), model)
    after_start_up = history[3]
    assert float(final) - after_start_up == pytest.approx(0.5**4 - 4.0**4, rel=1e-9)
