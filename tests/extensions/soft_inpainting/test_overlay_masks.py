"""Masks of soft overlays: white where latents changed, whatever noise of single cells there is."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from extensions.soft_inpainting.overlay_masks import soft_overlay_masks
from extensions.soft_inpainting.settings import SoftSettings

OPEN = torch.ones(1, 16, 16)
SHOWN = 254
"""The largest shade: 255 less a little, as fractions are cut off."""


def masks(result: Tensor, repaint: Tensor = OPEN, **values: float) -> list[np.ndarray]:
    made = soft_overlay_masks(
        result,
        torch.zeros_like(result),
        repaint,
        SoftSettings(**values),
        width=128,
        height=128,
        paste_to=None,
        overlay_size=(128, 128),
    )
    assert {(mask.mode, mask.size) for mask in made} == {("L", (128, 128))}
    return [np.asarray(mask) for mask in made]


def changed(rows: slice, columns: slice, amount: float = 5.0, batch: int = 1) -> Tensor:
    latents = torch.zeros(batch, 4, 16, 16)
    latents[-1, :, rows, columns] = amount
    return latents


def test_the_changed_half_is_shown() -> None:
    (mask,) = masks(changed(slice(None), slice(8, 16)))
    assert (mask[:, 96:] == SHOWN).all()
    # cells up to four beyond the edge are blurred into, and the mask is blurred once more
    assert (mask[:, :8] == 0).all()


def test_pictures_of_a_batch_have_their_own_masks() -> None:
    first, second = masks(changed(slice(None), slice(None), batch=2))
    assert (first == 0).all() and (second == SHOWN).all()


def test_a_lone_cell_shows_less_than_a_field_and_only_around_it() -> None:
    lone = masks(changed(slice(8, 9), slice(8, 9), 0.5))[0]
    field = masks(changed(slice(None), slice(None), 0.5))[0]
    assert 0 < lone[68, 68] < field[68, 68]
    # two windows of 5 x 5 cells reach four cells on, the blur a little further
    assert not lone[:, :12].any() and not lone[:, 124:].any()


def test_a_higher_threshold_shows_less() -> None:
    some = changed(slice(None), slice(None), 0.4)
    shown = [masks(some, 0.5 * OPEN, difference_threshold=value)[0].mean() for value in (0.1, 1.0, 8.0)]
    assert shown[0] > shown[1] > shown[2]


def test_the_mask_counts_by_its_influence() -> None:
    repaint = OPEN.clone()
    repaint[:, :, :8] = 0
    same = changed(slice(None), slice(None), 0.6)
    without = masks(same, repaint, mask_influence=0.0)[0]
    with_it = masks(same, repaint, mask_influence=1.0)[0]
    assert abs(int(without[64, 16]) - int(without[64, 112])) <= 1
    # where nothing is repainted the threshold is beyond all changes, where all is it is none
    assert (with_it[64, 16], with_it[64, 112]) == (0, 255)


def test_equal_latents_show_nothing_even_without_a_threshold() -> None:
    (mask,) = masks(torch.zeros(1, 4, 16, 16), mask_influence=1.0)
    assert (mask == 0).all()


def test_a_crop_is_laid_back_into_the_overlays_size() -> None:
    (made,) = soft_overlay_masks(
        changed(slice(None), slice(None)),
        torch.zeros(1, 4, 16, 16),
        OPEN,
        SoftSettings(),
        width=128,
        height=128,
        paste_to=(40, 20, 64, 64),
        overlay_size=(200, 100),
    )
    mask = np.asarray(made)
    assert mask.shape == (100, 200)
    assert mask[50, 70] == SHOWN
    assert mask[10, 10] == 0 and mask[50, 120] == 0
