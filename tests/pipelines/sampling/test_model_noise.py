"""A perfect network of either kind gives the picture back, at every level and for every kind of sampler."""

from __future__ import annotations

import pytest
import torch

from pipelines.families.sd.betas import BetaSchedule, compute_alphas_cumprod
from pipelines.sampling.model_noise import FlowNoise, ModelNoise, VpNoise
from pipelines.sampling.sampler_table import SAMPLER_INFOS

ALPHAS = compute_alphas_cumprod(BetaSchedule())
EPSILON, VELOCITY = VpNoise(alphas_cumprod=ALPHAS), VpNoise(alphas_cumprod=ALPHAS, v_prediction=True)
FLOW = FlowNoise(shift=3.0)
PICTURE, NOISE = torch.randn(2, 1, 4, 4, 4, generator=torch.Generator().manual_seed(1))


def perfect_answer(noise: ModelNoise, timestep: torch.Tensor) -> torch.Tensor:
    if isinstance(noise, FlowNoise):
        return NOISE - PICTURE
    signal, rest = noise.shares(timestep.reshape(1))
    v = isinstance(noise, VpNoise) and noise.v_prediction
    return signal * NOISE - rest * PICTURE if v else NOISE


@pytest.mark.parametrize("noise", [EPSILON, VELOCITY, FLOW], ids=["epsilon", "v", "flow"])
@pytest.mark.parametrize("level", [0, 400, 998])
def test_sigma_samplers_are_answered_the_picture(noise: ModelNoise, level: int) -> None:
    table = noise.table()
    sigma = table.sigmas[level]
    x = table.noised(PICTURE, NOISE, sigma)
    scaling = noise.scaling(SAMPLER_INFOS["Euler"], table)
    asked, timestep = scaling.network_input(x, sigma)
    signal, rest = noise.shares(timestep.reshape(1))
    torch.testing.assert_close(asked, signal * PICTURE + rest * NOISE, rtol=1e-3, atol=1e-3)
    answer = scaling.interpret(x, sigma, perfect_answer(noise, timestep))
    torch.testing.assert_close(answer, PICTURE, rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize("noise", [EPSILON, VELOCITY], ids=["epsilon", "v"])
def test_timestep_samplers_are_answered_the_noise(noise: VpNoise) -> None:
    at = torch.tensor(500)
    signal, rest = noise.shares(at.reshape(1))
    x = signal * PICTURE + rest * NOISE
    scaling = noise.scaling(SAMPLER_INFOS["DDIM"], noise.table())
    eps = scaling.interpret(x, at, perfect_answer(noise, at))
    torch.testing.assert_close(eps, NOISE, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(scaling.predicted_x0(x, at, eps), PICTURE, rtol=1e-3, atol=1e-3)


def test_what_the_model_answers_has_a_word() -> None:
    assert [noise.predicts for noise in (EPSILON, VELOCITY, FLOW)] == ["epsilon", "v_prediction", "flow"]


def test_options_change_alphas_only() -> None:
    assert float(EPSILON.table(zero_terminal=True).sigmas[-1]) > 1000
    assert EPSILON.table(downcast=True).sigmas.dtype == torch.float16
    assert torch.equal(FLOW.table(zero_terminal=True, downcast=True).sigmas, FLOW.table().sigmas)
