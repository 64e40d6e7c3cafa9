"""Whole latent cells along so many pixels."""

from __future__ import annotations

import pytest

from pipelines.families.base import Latents


@pytest.mark.parametrize(
    ("cell", "pixels", "cells", "whole"), [(8, 64, 8, 64), (8, 71, 8, 64), (16, 71, 4, 64), (8, 7, 0, 0)]
)
def test_what_is_left_beside_whole_cells_does_not_count(
    cell: int, pixels: int, cells: int, whole: int
) -> None:
    latents = Latents(channels=4, cell=cell, scale=1.0)
    assert (latents.cells(pixels), latents.whole(pixels)) == (cells, whole)
