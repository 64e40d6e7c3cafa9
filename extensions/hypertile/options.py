"""Options of HyperTile, by A1111's keys; sizes are in pixels."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.plugin import ExtensionOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class HypertileOptions(ExtensionOptions):
    """Switches for the UNet, for its second pass alone and for the VAE; depths and sizes for UNet and VAE."""

    hypertile_enable_unet: bool = False
    hypertile_enable_unet_secondpass: bool = False
    hypertile_max_depth_unet: int = 3
    hypertile_max_tile_unet: int = 256
    hypertile_swap_size_unet: int = 3
    hypertile_enable_vae: bool = False
    hypertile_max_depth_vae: int = 3
    hypertile_max_tile_vae: int = 128
    hypertile_swap_size_vae: int = 3
