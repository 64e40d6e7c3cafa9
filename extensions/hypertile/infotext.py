"""HyperTile's infotext pairs: the parts that it tiles, and the numbers that are not its defaults."""

from __future__ import annotations

from collections.abc import Mapping

from extensions.hypertile.options import HypertileOptions

DEFAULTS = HypertileOptions()


def tile_pairs(o: HypertileOptions) -> Mapping[str, bool | int]:
    """The pairs known at a job's start; those of the second pass alone come with that pass."""
    unet = {"Hypertile U-Net": True, **unet_pairs(o)} if o.hypertile_enable_unet else {}
    vae = {
        "max depth": (o.hypertile_max_depth_vae, DEFAULTS.hypertile_max_depth_vae),
        "max tile size": (o.hypertile_max_tile_vae, DEFAULTS.hypertile_max_tile_vae),
        "swap size": (o.hypertile_swap_size_vae, DEFAULTS.hypertile_swap_size_vae),
    }
    return {**unet, **({"Hypertile VAE": True, **_unusual("VAE", vae)} if o.hypertile_enable_vae else {})}


def unet_pairs(o: HypertileOptions) -> Mapping[str, bool | int]:
    """The UNet's numbers that are not the defaults."""
    return _unusual(
        "U-Net",
        {
            "max depth": (o.hypertile_max_depth_unet, DEFAULTS.hypertile_max_depth_unet),
            "max tile size": (o.hypertile_max_tile_unet, DEFAULTS.hypertile_max_tile_unet),
            "swap size": (o.hypertile_swap_size_unet, DEFAULTS.hypertile_swap_size_unet),
        },
    )


def _unusual(part: str, values: Mapping[str, tuple[int, int]]) -> dict[str, bool | int]:
    return {f"Hypertile {part} {name}": value for name, (value, usual) in values.items() if value != usual}
