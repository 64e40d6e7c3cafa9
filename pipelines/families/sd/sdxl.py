"""Stable Diffusion XL: base, inpainting, SSD-1B, and the refiner."""

from __future__ import annotations

from pipelines.families.base import Family, TextTower
from pipelines.families.sd.latents import SDXL_LATENTS, SDXL_PREVIEWS

SDXL = Family(
    name="sdxl",
    title="Stable Diffusion XL",
    latents=SDXL_LATENTS,
    previews=SDXL_PREVIEWS,
    rounds_masks=True,
    large=True,
    text_towers=(
        TextTower(
            kind="clip",
            file_prefix="conditioner.embedders.0.transformer.text_model.",
            layer_prefix="0_transformer_",
            pad_token=49407,
        ),
        TextTower(
            kind="open_clip",
            file_prefix="conditioner.embedders.1.model.",
            layer_prefix="1_model_",
            pad_token=0,
        ),
    ),
    vector="size",
)

SDXL_REFINER = Family(
    name="sdxl_refiner",
    title="Stable Diffusion XL refiner",
    latents=SDXL_LATENTS,
    previews=SDXL_PREVIEWS,
    rounds_masks=True,
    large=True,
    text_towers=(
        TextTower(
            kind="open_clip",
            file_prefix="conditioner.embedders.0.model.",
            layer_prefix="0_model_",
            pad_token=0,
        ),
    ),
    vector="aesthetic",
)
