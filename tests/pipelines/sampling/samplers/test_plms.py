"""PLMS on Gaussian data, whose exact path is known."""

from __future__ import annotations

import torch

from pipelines.sampling.samplers.ddim import ddim
from pipelines.sampling.samplers.plms import plms
from tests.pipelines.sampling.samplers.harness import (
    TABLE,
    CountedNoise,
    deviation_at,
    drive,
    predict_eps,
    rising_timesteps,
)

SHAPE = (2, 1, 2, 2)
ALPHAS = TABLE.alphas_cumprod
X = torch.linspace(-1.0, 1.0, 8).reshape(SHAPE)


def test_plms_is_more_accurate_than_ddim() -> None:
    expected = X * deviation_at(1) / deviation_at(951)
    ours, calls = drive(
        plms(X, rising_timesteps(20), CountedNoise(SHAPE), alphas_cumprod=ALPHAS), predict_eps
    )
    theirs, _ = drive(ddim(X, rising_timesteps(20), CountedNoise(SHAPE), alphas_cumprod=ALPHAS), predict_eps)
    assert [int(call.sigma) for call in calls[:3]] == [951, 901, 901]
    assert (ours - expected).abs().max() < 0.5 * (theirs - expected).abs().max()
