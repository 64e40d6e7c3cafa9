"""The latents of units' pictures: encoded once, masked for inpainting checkpoints."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from extensions.controlnet.control.injection.latents import UnitLatents, conditioned
from tests.extensions.controlnet import tiny


class Encoder:
    """Every eighth pixel's red as four channels; keeps what it was given."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, ...]] = []

    def __call__(self, values: Tensor) -> Tensor:
        self.seen.append(tuple(values.shape))
        return values[:, :1, ::8, ::8].expand(-1, 4, -1, -1)


def test_pictures_of_equal_pixels_are_encoded_once() -> None:
    encoder = Encoder()
    latents = UnitLatents(encode=encoder, cell=8)
    first, same = tiny.tiny_unit("canny"), tiny.tiny_unit("reference_only")
    other = replace(first, base=255 - first.base)
    assert latents.plain(first, hires=False) is latents.plain(same, hires=False)
    latents.plain(first, hires=True)
    assert latents.plain(other, hires=False) is latents.plain(other, hires=False)
    assert encoder.seen == [(1, 3, 64, 64)] * 2


def test_each_pass_has_the_latent_of_its_map() -> None:
    encoder = Encoder()
    latents = UnitLatents(encode=encoder, cell=8)
    unit = tiny.tiny_unit()
    unit = replace(unit, hires=np.zeros((96, 96, 3), np.uint8))
    assert latents.plain(unit, hires=False).shape == (1, 4, 8, 8)
    assert latents.plain(unit, hires=True).shape == (1, 4, 12, 12)
    assert not latents.plain(unit, hires=True).any()


def test_a_masked_part_is_grey_before_it_is_encoded() -> None:
    picture = np.dstack([np.full((16, 16, 3), 200, np.uint8), np.zeros((16, 16), np.uint8)])
    picture[:, 8:, 3] = 255
    latents = UnitLatents(encode=Encoder(), cell=8)
    prepared = replace(tiny.tiny_unit("inpaint"), base=picture.astype(np.float32))
    masked = latents.masked(prepared, hires=False)
    mask, latent = masked[:, :1], masked[:, 1:]
    assert mask.flatten().tolist() == [0, 1, 0, 1]
    assert latent[0, 0].flatten().tolist() == pytest.approx([200 / 255, 0.5] * 2)


def test_one_masked_pixel_masks_its_cell() -> None:
    picture = np.zeros((16, 16, 4), np.uint8)
    picture[15, 0, 3] = 255
    prepared = replace(tiny.tiny_unit("inpaint"), base=picture)
    masked = UnitLatents(encode=Encoder(), cell=8).masked(prepared, hires=False)
    assert masked[0, 0].flatten().tolist() == [0, 0, 1, 0]


def test_an_inpainting_checkpoint_reads_the_units_mask_and_picture() -> None:
    masked = torch.cat([torch.ones(1, 1, 2, 2), torch.full((1, 4, 2, 2), 0.5)], dim=1)
    call = replace(tiny.tiny_call(tiny.tiny_model()), x=torch.full((2, 9, 2, 2), 7.0))
    made = conditioned(call, masked).x
    assert made.shape == (2, 9, 2, 2)
    assert bool((made[:, :4] == 7).all())
    assert torch.equal(made[1, 4:], masked[0])
