"""The levels of EDM's parameterisation, and a perfect network in it."""

from __future__ import annotations

import pytest
import torch

from pipelines.families.sd.betas import BetaSchedule, compute_alphas_cumprod
from pipelines.sampling.edm_table import DATA_DEVIATION, EdmTable
from pipelines.sampling.model_noise import VpNoise
from pipelines.sampling.sampler_table import SAMPLER_INFOS

TABLE = EdmTable()


def test_levels_and_what_the_network_is_told_are_inverse() -> None:
    assert (float(TABLE.sigmas[0]), float(TABLE.sigmas[-1])) == pytest.approx((0.002, 120.0))
    told = TABLE.sigma_to_t(torch.tensor([0.002, 1.0, 120.0]))
    assert told.tolist() == pytest.approx([-1.5537, 0.0, 1.1969], abs=1e-3)
    assert TABLE.t_to_sigma(told).tolist() == pytest.approx([0.002, 1.0, 120.0])
    assert TABLE.default_sigmas(5)[[0, -2, -1]].tolist() == pytest.approx([120.0, 0.002, 0.0])


@pytest.mark.parametrize("sigma", [0.01, 1.0, 80.0])
def test_a_perfect_network_gives_the_picture_back(sigma: float) -> None:
    noise = VpNoise(alphas_cumprod=compute_alphas_cumprod(BetaSchedule()))
    scaling = noise.scaling(SAMPLER_INFOS["Euler"], TABLE)
    picture, fresh = torch.randn(2, 1, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    level = torch.tensor(sigma)
    picture = picture * DATA_DEVIATION
    x = TABLE.noised(picture, fresh, level)
    asked, _ = scaling.network_input(x, level)
    assert float(asked.std()) == pytest.approx(1.0, abs=0.15)
    total = sigma**2 + DATA_DEVIATION**2
    answer = (
        (picture * DATA_DEVIATION - x * DATA_DEVIATION**2 / total) * total**0.5 / (sigma * DATA_DEVIATION)
    )
    torch.testing.assert_close(
        scaling.interpret(x, level, answer), picture * DATA_DEVIATION, rtol=1e-3, atol=1e-3
    )
