"""HyperTile's infotext pairs."""

from __future__ import annotations

from extensions.hypertile.infotext import tile_pairs
from extensions.hypertile.options import HypertileOptions


def test_what_is_off_is_not_told() -> None:
    assert tile_pairs(HypertileOptions(hypertile_max_depth_unet=1)) == {}


def test_numbers_are_told_where_they_are_not_the_defaults() -> None:
    options = HypertileOptions(
        hypertile_enable_unet=True, hypertile_max_depth_unet=1, hypertile_enable_vae=True
    )
    assert tile_pairs(options) == {
        "Hypertile U-Net": True,
        "Hypertile U-Net max depth": 1,
        "Hypertile VAE": True,
    }
