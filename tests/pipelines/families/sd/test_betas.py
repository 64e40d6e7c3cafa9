"""Noise tables of every schedule that a config can name, worked out by hand."""

from __future__ import annotations

import math

import pytest
import torch

from pipelines.families.sd.betas import BetaSchedule, compute_alphas_cumprod


def betas_of(schedule: BetaSchedule) -> list[float]:
    """The betas behind a table."""
    alphas = compute_alphas_cumprod(schedule).double()
    before = torch.cat([torch.ones(1, dtype=torch.float64), alphas[:-1]])
    return (1 - alphas / before).tolist()


def schedule(name: str, steps: int = 3, start: float = 0.01, end: float = 0.09) -> BetaSchedule:
    return BetaSchedule(beta_schedule=name, linear_start=start, linear_end=end, timesteps=steps)


@pytest.mark.parametrize(
    ("name", "betas"),
    [
        ("linear", [0.01, 0.04, 0.09]),
        ("sqrt_linear", [0.01, 0.05, 0.09]),
        ("sqrt", [0.1, math.sqrt(0.05), 0.3]),
    ],
)
def test_betas_between_two_ends(name: str, betas: list[float]) -> None:
    assert betas_of(schedule(name)) == pytest.approx(betas, rel=1e-5)


def test_the_default_is_stable_diffusions() -> None:
    alphas = compute_alphas_cumprod(BetaSchedule())
    assert (alphas.dtype, alphas.shape) == (torch.float32, (1000,))
    assert float(alphas[0]) == pytest.approx(1 - 0.00085)
    assert float(alphas[999]) == pytest.approx(0.0046599, rel=1e-4)


def test_cosine_follows_the_papers_curve_up_to_a_ceiling() -> None:
    def level(time: float) -> float:
        return math.cos((time + 0.008) / 1.008 * math.pi / 2) ** 2

    expected = [1 - level(0.25) / level(0), 1 - level(0.5) / level(0.25), 1 - level(0.75) / level(0.5), 0.999]
    for name in ("cosine", "squaredcos_cap_v2"):
        assert betas_of(schedule(name, steps=4)) == pytest.approx(expected, rel=1e-4)


def test_only_cosine_has_an_offset_of_its_own() -> None:
    plain, capped = (
        compute_alphas_cumprod(BetaSchedule(beta_schedule=name, timesteps=10, cosine_s=0.2))
        for name in ("cosine", "squaredcos_cap_v2")
    )
    assert not torch.equal(plain, capped)
    assert torch.equal(capped, compute_alphas_cumprod(schedule("cosine", steps=10)))


def test_given_betas_win() -> None:
    given = BetaSchedule(beta_schedule="no such", given_betas=(0.5, 0.25))
    assert compute_alphas_cumprod(given).tolist() == [0.5, 0.375]


def test_an_unknown_schedule_is_named() -> None:
    with pytest.raises(ValueError, match="'zigzag'"):
        compute_alphas_cumprod(schedule("zigzag"))
