"""Levels of flow models against recorded lists."""

from __future__ import annotations

import math

import pytest
import torch

from pipelines.sampling.flow_table import FlowTable


def test_levels_are_bent_by_the_shift() -> None:
    table = FlowTable()
    assert float(table.sigmas[499]) == pytest.approx(3 * 0.5 / 2)
    assert float(table.sigmas[-1]) == 1.0
    assert float(table.sigmas[0]) == pytest.approx(0.0029940, abs=1e-6)


@pytest.mark.parametrize(
    ("shift", "n", "levels"),
    [
        (3.0, 8, "1 .95455 .90000 .83333 .75000 .64286 .50000 .30000 0"),
        (3.0, 9, "1 .96004 .91315 .85733 .78977 .70635 .60072 .46266 .27451 0"),
        (1.0, 4, "1 .75 .5 .25 0"),
    ],
)
def test_default_levels(shift: float, n: int, levels: str) -> None:
    made = FlowTable(shift=shift).default_sigmas(n)
    assert made.tolist() == pytest.approx([float(level) for level in levels.split()], abs=1e-3)


def test_the_exponential_shift_is_the_same_function() -> None:
    made = FlowTable(shift=math.exp(1.15), n=10_000).default_sigmas(8)
    expected = [1, 0.95672, 0.90453, 0.84035, 0.75951, 0.65457, 0.51284, 0.31090, 0]
    assert made.tolist() == pytest.approx(expected, abs=1e-4)


def test_the_network_is_told_a_thousandth() -> None:
    assert float(FlowTable().sigma_to_t(torch.tensor(0.25))) == 250.0


def test_pictures_and_noise_are_mixed() -> None:
    table, level = FlowTable(), torch.tensor(0.25)
    picture, noise = torch.full((1,), 4.0), torch.full((1,), 8.0)
    assert table.noised(picture, noise, level).tolist() == [5.0]
    assert table.pure_noise(noise, torch.tensor(1.0), unit_variance=True).tolist() == [8.0]


def test_equal_signal_to_noise_ratios() -> None:
    table = FlowTable(shift=2.0)
    ratio = table.alphas_cumprod / (1 - table.alphas_cumprod)
    expected = ((1 - table.sigmas) / table.sigmas) ** 2
    torch.testing.assert_close(ratio[200:], expected[200:], rtol=1e-3, atol=1e-6)
