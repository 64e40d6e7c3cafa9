"""A run that goes on from an earlier one counts its steps from there."""

from __future__ import annotations

import torch

from pipelines.sampling.samplers.euler import euler
from pipelines.sampling.step import later
from tests.pipelines.sampling.samplers.harness import UnitNoise, denoise, drive, levels, one_pixel


def test_steps_are_counted_on_and_nothing_else_changes() -> None:
    plain, calls = drive(euler(one_pixel(3), levels(4, 2, 1), UnitNoise()), denoise)
    moved, counted = drive(later(euler(one_pixel(3), levels(4, 2, 1), UnitNoise()), 5), denoise)
    assert torch.equal(moved, plain)
    assert [(call.step, float(call.x)) for call in counted] == [(c.step + 5, float(c.x)) for c in calls]


def test_a_run_without_steps_ends_at_once() -> None:
    final, calls = drive(later(euler(one_pixel(3), levels(4), UnitNoise()), 5), denoise)
    assert float(final) == 3.0 and not calls
