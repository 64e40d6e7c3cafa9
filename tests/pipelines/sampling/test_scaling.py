"""Scalings by hand; perfect networks of each kind are in test_model_noise.py and test_edm_table.py."""

from __future__ import annotations

import pytest
import torch

from pipelines.sampling.flow_table import FlowTable
from pipelines.sampling.noise_table import LcmTable
from pipelines.sampling.scaling import FlowScaling, LcmScaling, SigmaScaling, TimestepScaling
from tests.pipelines.sampling.samplers.harness import TABLE

ONE = torch.ones(1, 1, 1, 1)


def test_sigma_samplers_scale_the_input_to_unit_variance() -> None:
    x, timestep = SigmaScaling(table=TABLE).network_input(ONE * 10, torch.tensor(3.0))
    assert float(x) == pytest.approx(10 / 10**0.5)
    assert float(TABLE.t_to_sigma(timestep)) == pytest.approx(3.0, rel=1e-4)


def test_quantized_timesteps_are_whole() -> None:
    between = (TABLE.sigmas[500] * 0.7 + TABLE.sigmas[501] * 0.3).reshape(())
    _, exact = SigmaScaling(table=TABLE).network_input(ONE, between)
    _, whole = SigmaScaling(table=TABLE, quantize=True).network_input(ONE, between)
    assert 500 < float(exact) < 501 and float(whole) == 500.0


@pytest.mark.parametrize(("velocity", "denoised"), [(False, 5 - 2 * 3.0), (True, -2 * 3.0 / 5**0.5 + 5 / 5)])
def test_denoised_of_an_answer_of_three_at_level_two(velocity: bool, denoised: float) -> None:
    scaling = SigmaScaling(table=TABLE, v_prediction=velocity)
    assert float(scaling.interpret(ONE * 5, torch.tensor(2.0), ONE * 3)) == pytest.approx(denoised)


def test_timestep_samplers_leave_the_input_alone() -> None:
    x, timestep = TimestepScaling(alphas_cumprod=TABLE.alphas_cumprod).network_input(ONE, torch.tensor(7))
    assert x is ONE and int(timestep) == 7


def test_fractional_timesteps_go_by_the_alpha_below() -> None:
    alphas = torch.tensor([0.81, 0.36])
    scaling = TimestepScaling(alphas_cumprod=alphas, v_prediction=True)
    assert float(scaling.interpret(ONE * 5, torch.tensor(1.9), ONE * 3)) == pytest.approx(0.6 * 3 + 0.8 * 5)
    clean = float(scaling.predicted_x0(ONE * 5, torch.tensor(1.9), ONE * 3))
    assert clean == pytest.approx((5 - 0.8 * 3) / 0.6)


def test_flows_take_a_share_of_a_thousand() -> None:
    scaling = FlowScaling(table=FlowTable())
    x, timestep = scaling.network_input(ONE, torch.tensor(0.25))
    assert x is ONE and float(timestep) == 250.0
    assert float(scaling.interpret(ONE * 5, torch.tensor(0.25), ONE * 3)) == pytest.approx(5 - 0.75)


def test_consistency_models_blend_the_prediction_with_the_input() -> None:
    """Luo et al. 2023, with timesteps scaled by 10 and data of deviation 0.5: c_skip, c_out at t = 19."""
    table = LcmTable.of(TABLE)
    scaling, sigma = LcmScaling(table=table), table.sigmas[0]
    _, timestep = scaling.network_input(ONE, sigma)
    skip, out = 0.25 / (190**2 + 0.25), 190 / (190**2 + 0.25) ** 0.5
    assert float(timestep) == 19.0
    expected = (5 - 3 * float(sigma)) * out + 5 * skip
    assert float(scaling.interpret(ONE * 5, sigma, ONE * 3)) == pytest.approx(expected)
