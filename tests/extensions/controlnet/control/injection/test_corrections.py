"""Corrected predictions: a picture kept outside a mask, colours kept everywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from extensions.controlnet.control.injection.corrections import (
    Correction,
    box_blur,
    corrects,
    filled_noise,
    latent_mask,
)
from extensions.controlnet.prepare.prepared import CPU, PreparedUnit
from pipelines.sampling.model_noise import VpNoise
from tests.extensions.controlnet import tiny

MODEL = tiny.tiny_model()
CALL = tiny.tiny_call(MODEL)
ALPHA = MODEL.noise.shares(torch.tensor([431.0]))
"""Shares of picture and noise at the call's timestep."""


def masked(module: str, mask: Any, **values: Any) -> PreparedUnit:
    """A unit of 64 x 64 with a mask of 0 and 255."""
    picture = np.dstack([np.zeros((64, 64, 3), np.uint8), np.asarray(mask, np.uint8)])
    return replace(tiny.tiny_unit(module, **values), base=picture)


def predicted(unit: PreparedUnit, eps: Tensor, z: Tensor, *, hires: bool = False) -> Tensor:
    """The picture in the corrected prediction."""
    made = Correction(unit=unit, hires=hires, latent=lambda: z)(CALL, eps)
    signal, rest = (one.reshape(()) for one in ALPHA)
    return (CALL.x - rest * made) / signal


def noise(seed: int) -> Tensor:
    return torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(seed))


def picture_of(eps: Tensor) -> Tensor:
    signal, rest = (one.reshape(()) for one in ALPHA)
    return (CALL.x - rest * eps) / signal


@pytest.mark.parametrize(
    ("module", "expected"),
    [("tile_colorfix", True), ("tile_colorfix+sharp", True), ("inpaint_only", True), ("inpaint", False)],
)
def test_units_that_keep_something_correct(module: str, expected: bool) -> None:
    assert corrects(masked(module, np.zeros((64, 64)))) is expected


def test_outside_of_the_mask_the_prediction_is_the_units_picture() -> None:
    half = np.zeros((64, 64))
    half[:, 40:] = 255
    z, eps = torch.full((1, 4, 8, 8), 3.0), noise(1)
    made = predicted(masked("inpaint_only", half), eps, z)
    # the rim of one pixel reaches into the fifth cell, not into the fourth
    torch.testing.assert_close(made[..., :4], torch.full((2, 4, 8, 4), 3.0), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(made[..., 4:], picture_of(eps)[..., 4:], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("weight", "share"), [(0.25, 0.25), (2.0, 1.0)])
def test_the_correction_is_mixed_in_by_the_weight(weight: float, share: float) -> None:
    z, eps = torch.zeros(1, 4, 8, 8), noise(2)
    unit = masked("inpaint_only", np.zeros((64, 64)), weight=weight)
    made = predicted(unit, eps, z)
    torch.testing.assert_close(made, (1 - share) * picture_of(eps), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("hires", "side"), [(False, 2), (True, 4)])
def test_colours_are_those_of_the_blurred_picture(hires: bool, side: int) -> None:
    unit = tiny.tiny_unit("tile_colorfix", threshold_a=2.0)
    z, eps = noise(3)[:1], noise(4)
    made = predicted(unit, eps, z, hires=hires)
    wanted = picture_of(eps) - box_blur(picture_of(eps), side) + box_blur(z, side)
    torch.testing.assert_close(made, wanted, rtol=1e-4, atol=1e-4)


def test_sharpening_softens_the_negative_prompts_rows() -> None:
    plain = tiny.tiny_unit("tile_colorfix", threshold_a=1.0)
    sharp = tiny.tiny_unit("tile_colorfix+sharp", threshold_a=1.0, threshold_b=50.0)
    z, eps = noise(5)[:1], noise(6)
    fixed, made = predicted(plain, eps, z), predicted(sharp, eps, z)
    torch.testing.assert_close(made[0], fixed[0], rtol=1e-4, atol=1e-4)
    softer = 0.5 * box_blur(fixed, 1) + 0.5 * fixed
    torch.testing.assert_close(made[1], softer[1], rtol=1e-4, atol=1e-4)


def test_a_mask_is_widened_by_a_pixel_before_cells_are_chosen() -> None:
    mask = np.zeros((64, 64))
    mask[16:24, 15] = 255
    cells = latent_mask(masked("inpaint_only", mask), CPU, 8, hires=False)
    assert cells.shape == (1, 1, 8, 8)
    # column 15 ends the second cell, and is the rim of the third; row 24 would be the rim of the fourth
    assert torch.nonzero(cells[0, 0]).tolist() == [[1, 1], [1, 2], [2, 1], [2, 2], [3, 1], [3, 2]]


def test_a_blur_is_a_mean_with_repeated_edges() -> None:
    row = torch.tensor([0.0, 3.0, 6.0, 9.0]).expand(1, 1, 4, 4)
    assert box_blur(row, 1)[0, 0, 0].tolist() == pytest.approx([1.0, 3.0, 6.0, 8.0])
    assert torch.equal(box_blur(row, 0), row)


def test_noise_holds_the_filled_picture() -> None:
    noise, latent = torch.randn(2, 4, 8, 8), torch.ones(1, 4, 8, 8)
    levels = VpNoise(alphas_cumprod=torch.tensor([0.9, 0.25]))
    made = filled_noise(noise, latent, levels)
    torch.testing.assert_close(made, 0.5 * latent + 0.75**0.5 * noise)
    assert filled_noise(noise, torch.ones(1, 4, 4, 4), levels) is noise
