"""Latents of pictures in whole cells, and masks as pictures."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from extensions.invokeai.drawing import pictures
from extensions.invokeai.drawing.pictures import encode, mask_picture
from pipelines.families.base import Latents

NOTHING: Any = SimpleNamespace(vae=None, seamless_axes=[])


@pytest.fixture
def shapes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """Shapes of the pixels that a VAE of 8 pixels a cell is given; it answers its noise."""
    seen: list[tuple[int, ...]] = []

    def encode_pixels(pixels: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        seen.append(tuple(pixels.shape))
        return torch.randn(1, 4, 2, 2, generator=generator, dtype=torch.float16)

    model = SimpleNamespace(latents=Latents(channels=4, cell=8, scale=1.0), encode_pixels=encode_pixels)
    monkeypatch.setattr(pictures, "vae_model", lambda *_: model)
    return seen


@pytest.mark.parametrize(
    ("size", "encoded"), [((16, 8), (16, 8)), ((23, 15), (16, 8)), ((7, 40), (8, 40)), ((1, 1), (8, 8))]
)
def test_sides_are_cut_to_whole_cells(
    size: tuple[int, int], encoded: tuple[int, int], shapes: list[tuple[int, ...]]
) -> None:
    encode(NOTHING, NOTHING, Image.new("RGB", size))
    assert shapes == [(1, 3, encoded[1], encoded[0])]


@pytest.mark.usefixtures("shapes")
def test_a_picture_has_the_same_latents_each_time() -> None:
    one, other = (encode(NOTHING, NOTHING, Image.new("RGB", (16, 16))) for _ in range(2))
    assert torch.equal(one, other)
    assert (one.dtype, one.device.type) == (torch.float32, "cpu")


@pytest.mark.parametrize("shape", [(2, 3), (1, 2, 3), (1, 1, 2, 3)])
def test_a_mask_is_white_where_it_is_true(shape: tuple[int, ...]) -> None:
    mask = torch.tensor([[True, False, False], [False, True, True]]).reshape(shape)
    made = mask_picture(mask)
    assert (made.mode, made.size) == ("L", (3, 2))
    assert np.asarray(made).tolist() == [[255, 0, 0], [0, 255, 255]]
