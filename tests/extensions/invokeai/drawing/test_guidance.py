"""Scales by step, rescaled guidance, and parts that a mask keeps."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from extensions.invokeai.drawing.guidance import KeepUnmasked, Rescale, stepwise
from pipelines.denoising.denoiser import GuidanceOptions
from pipelines.denoising.guidance_hook import Guided


def test_each_step_has_its_scale_and_the_last_stays() -> None:
    denoisers: list[Any] = [
        SimpleNamespace(guidance=GuidanceOptions(cfg_scale=1, total_steps=9)) for _ in range(2)
    ]
    at_step = stepwise(denoisers, [7.0, 5.0, 3.0])
    seen: list[tuple[float, ...]] = []
    for step in (0, 1, 2, 3, 8):
        at_step(step)
        seen.append(tuple(denoiser.guidance.cfg_scale for denoiser in denoisers))
    assert seen == [(7.0, 7.0), (5.0, 5.0), (3.0, 3.0), (3.0, 3.0), (3.0, 3.0)]
    assert denoisers[0].guidance.total_steps == 9


def tensors() -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return torch.randn(1, 4, 8, 8, generator=generator), 3 * torch.randn(1, 4, 8, 8, generator=generator)


def test_rescaled_noise_has_the_spread_of_the_prompts() -> None:
    cond, guided = tensors()
    seen = Guided(x=cond, sigma=torch.tensor(5.0), cond=cond, guided=guided, is_noise=True)
    whole = Rescale(share=1.0)(seen)
    assert torch.allclose(whole.std(), cond.std())
    # Lin et al. 2023, equation 16
    half = Rescale(share=0.5)(seen)
    assert torch.allclose(half, 0.5 * whole + 0.5 * guided, atol=1e-6)


def test_pictures_are_rescaled_by_the_noise_in_them() -> None:
    noise, guided_noise = tensors()
    x, sigma = torch.full((1, 4, 8, 8), 2.0), torch.tensor(3.0)
    seen = Guided(x=x, sigma=sigma, cond=x - sigma * noise, guided=x - sigma * guided_noise, is_noise=False)
    expected = x - sigma * guided_noise * (noise.std() / guided_noise.std())
    assert torch.allclose(Rescale(share=1.0)(seen), expected, atol=1e-4)


def kept(mask: list[float], *, gradient: bool = False, timesteps: bool = False) -> KeepUnmasked:
    return KeepUnmasked(
        mask=torch.tensor(mask),
        latents=torch.full((3,), 10.0),
        noise=torch.full((3,), 2.0),
        gradient=gradient,
        timestep_family=timesteps,
        alphas=torch.tensor([1.0, 0.64, 0.36, 0.0]),
        times=lambda sigma: sigma * 2,
    )


X = torch.tensor([1.0, 1.0, 1.0])


def test_one_is_kept_and_zero_is_drawn() -> None:
    mask = kept([0.0, 0.5, 1.0])
    assert mask(X, torch.tensor(1.0)).tolist() == [1.0, 5.5, 10.0]
    assert mask.finish(X).tolist() == [1.0, 5.5, 10.0]


def test_timestep_samplers_get_the_kept_part_with_noise() -> None:
    # alpha 0.36: 10 * 0.6 + 2 * 0.8
    made = kept([0.0, 0.5, 1.0], timesteps=True)(X, torch.tensor(2))
    assert made.tolist() == pytest.approx([1.0, 4.3, 7.6])


@pytest.mark.parametrize(
    ("sigma", "made"),
    [
        (2.0, [10.0, 10.0, 10.0]),  # timestep 4 of 4: nothing is free
        (1.0, [1.0, 10.0, 10.0]),  # half of the way: what is below 0.5
        (0.5, [1.0, 1.0, 10.0]),  # below 0.75
        (0.0, [1.0, 1.0, 10.0]),
    ],
)
def test_a_gradient_frees_more_at_every_step(sigma: float, made: list[float]) -> None:
    assert kept([0.2, 0.5, 1.0], gradient=True)(X, torch.tensor(sigma)).tolist() == made


def test_a_gradient_ends_with_all_that_was_ever_free() -> None:
    assert kept([0.0, 0.99, 1.0], gradient=True).finish(X).tolist() == [1.0, 1.0, 10.0]
