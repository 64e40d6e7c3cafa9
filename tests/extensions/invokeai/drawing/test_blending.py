"""Points between two tensors on a great circle, and masks of the latents' size."""

from __future__ import annotations

import math

import pytest
import torch
from PIL import Image
from torch import Tensor

from extensions.invokeai.drawing.blending import mask_of, slerp

EAST, NORTH = torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0])


@pytest.mark.parametrize("degrees", [0, 30, 45, 60, 90])
def test_a_share_of_the_way_is_a_share_of_the_angle(degrees: int) -> None:
    angle = math.radians(degrees)
    expected = torch.tensor([math.cos(angle), math.sin(angle)])
    assert torch.allclose(slerp(degrees / 90, EAST, NORTH), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("one", "other", "middle"),
    [
        (EAST, 3 * EAST, torch.tensor([2.0, 0.0])),  # no angle between them
        (EAST, -EAST, torch.tensor([0.0, 0.0])),  # no single great circle
        (0 * EAST, 2 * EAST, torch.tensor([math.sqrt(2), 0.0])),  # no direction: as at a right angle
    ],
)
def test_vectors_without_a_plane_have_a_middle_too(one: Tensor, other: Tensor, middle: Tensor) -> None:
    assert torch.allclose(slerp(0.5, one, other), middle, atol=1e-6)


def test_halves_are_reckoned_in_full_precision() -> None:
    latents = torch.randn(1, 4, 8, 8, generator=torch.Generator().manual_seed(0))
    made = slerp(0.0, latents.half(), -latents.half().flip(-1))
    assert (made.dtype, made.shape) == (torch.float32, latents.shape)
    assert torch.equal(made, latents.half().float())


def test_a_mask_has_a_value_for_each_cell() -> None:
    image = Image.new("L", (64, 32), 0)
    image.paste(255, (32, 0, 64, 32))
    mask = mask_of(image, torch.zeros(1, 4, 4, 8))
    assert mask.shape == (1, 1, 4, 8)
    assert mask[0, 0, :, :3].max() == 0 and mask[0, 0, :, 5:].min() == 1
