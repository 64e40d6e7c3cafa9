"""UniPC on Gaussian data, whose exact path is known."""

from __future__ import annotations

import pytest
import torch

from pipelines.sampling.samplers.unipc import unipc
from pipelines.sampling.unipc_update import Variant
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


@pytest.mark.parametrize(
    ("variant", "order", "tolerance"),
    [
        ("bh1", 1, 1e-3),
        ("bh1", 2, 1e-4),
        ("bh1", 3, 1e-4),
        ("bh2", 1, 1e-3),
        ("bh2", 2, 1e-4),
        ("bh2", 3, 1e-4),
        ("vary_coeff", 1, 1e-3),
        ("vary_coeff", 3, 1e-2),  # the published code's corrector is of first order only
    ],
)
def test_unipc_follows_the_path(variant: Variant, order: int, tolerance: float) -> None:
    run = unipc(
        X,
        rising_timesteps(125),
        CountedNoise(SHAPE),
        alphas_cumprod=ALPHAS,
        variant=variant,
        order=order,
        skip_type="logSNR",
    )
    final, calls = drive(run, predict_eps)
    expected = X * deviation_at(0) / deviation_at(999)
    assert len(calls) == 125
    assert float(calls[0].sigma) == pytest.approx(999.0, abs=1e-2)
    assert torch.allclose(final, expected, atol=tolerance)


def test_unipc_lowers_its_order_at_the_end() -> None:
    both = [
        drive(
            unipc(
                X, rising_timesteps(5), CountedNoise(SHAPE), alphas_cumprod=ALPHAS, lower_order_final=lower
            ),
            predict_eps,
        )
        for lower in (True, False)
    ]
    assert len(both[0][1]) == len(both[1][1]) == 5
    assert not torch.equal(both[0][0], both[1][0])
