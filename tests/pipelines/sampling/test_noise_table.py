"""Noise tables against known values, and the way between t and sigma."""

from __future__ import annotations

import pytest
import torch

from pipelines.families.sd.betas import BetaSchedule, compute_alphas_cumprod
from pipelines.sampling.noise_table import LcmTable, NoiseTable, lcm_scaling, override_alphas

ALPHAS = compute_alphas_cumprod(BetaSchedule())
TABLE = NoiseTable(ALPHAS)


def test_levels() -> None:
    assert [float(ALPHAS[i]) for i in (0, 999)] == pytest.approx([0.99915, 0.0046600983], rel=1e-6)
    levels = [float(TABLE.sigmas[i]) for i in (0, 500, 999)]
    assert levels == pytest.approx([0.029167533, 1.6182789, 14.614642], rel=1e-6)


def test_zero_terminal_snr() -> None:
    table = NoiseTable(override_alphas(ALPHAS, zero_terminal=True))
    levels = [float(table.sigmas[i]) for i in (0, 998, 999)]
    assert levels == pytest.approx([0.029167533, 2254.24, 4518.76], rel=1e-4)


def test_downcast_stays_half() -> None:
    table = NoiseTable(override_alphas(ALPHAS, downcast=True))
    assert table.sigmas.dtype == torch.float16
    assert table.default_sigmas(5).dtype == torch.float32


def test_t_to_sigma_and_back() -> None:
    t = torch.tensor([0.0, 17.25, 500.0, 998.9, 999.0])
    assert torch.allclose(TABLE.sigma_to_t(TABLE.t_to_sigma(t)), t, atol=2e-3)
    assert float(TABLE.t_to_sigma(torch.tensor(500))) == float(TABLE.sigmas[500])


def test_levels_beyond_the_table_are_clamped() -> None:
    assert TABLE.sigma_to_t(torch.tensor([1e-4, 100.0])).tolist() == [0.0, 999.0]


def test_quantized() -> None:
    sigma = TABLE.t_to_sigma(torch.tensor([17.3, 500.6]))
    assert TABLE.sigma_to_t(sigma, quantize=True).tolist() == [17, 501]


def test_lcm() -> None:
    table = LcmTable(ALPHAS)
    assert torch.equal(table.sigmas, TABLE.sigmas[19::20])
    assert float(table.t_to_sigma(torch.tensor(5.0))) == pytest.approx(float(TABLE.sigmas[19]))
    assert table.sigma_to_t(
        torch.stack([TABLE.sigmas[0], TABLE.sigmas[505], TABLE.sigmas[999]])
    ).tolist() == [
        19,
        499,
        999,
    ]
    assert table.default_sigmas(2).tolist() == pytest.approx(
        [float(TABLE.sigmas[999]), float(TABLE.sigmas[19]), 0]
    )


def test_lcm_scaling() -> None:
    skip, out = lcm_scaling(torch.tensor(19))
    assert float(skip) == pytest.approx(0.25 / (190**2 + 0.25))
    assert float(out) == pytest.approx(190 / (190**2 + 0.25) ** 0.5)
