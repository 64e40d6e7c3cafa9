"""Stable Diffusion XL: base, inpainting, SSD-1B, and the refiner."""

from __future__ import annotations

from pipelines.families.sd.family import SdFamily, SdTower
from pipelines.families.sd.latents import SDXL_LATENTS, SDXL_PREVIEWS
from pipelines.families.sd.listen import select_penultimate, select_sdxl_clip
from pipelines.families.sd.vector import AESTHETIC_WIDTH, SIZE_WIDTH, aesthetic_vector, size_vector
from pipelines.families.trained import AdapterWords

CROP = ("sdxl_crop_top", "sdxl_crop_left")
"""Options whose numbers are in both vectors."""

SDXL_ALIGNED = (14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029)
"""Levels of Align Your Steps (Sabour et al. 2024) for SDXL."""

SDXL = SdFamily(
    name="sdxl",
    title="Stable Diffusion XL",
    native_side=1024,
    latents=SDXL_LATENTS,
    previews=SDXL_PREVIEWS,
    words=AdapterWords(version="sdxl_base_v1-0", architecture="stable-diffusion-xl-v1-base"),
    aligned_levels=SDXL_ALIGNED,
    tiles_by_block=True,
    rounds_masks=True,
    large=True,
    towers=(
        SdTower(
            kind="clip",
            title="text encoder (CLIP)",
            listen=select_sdxl_clip,
            file_prefix="conditioner.embedders.0.transformer.text_model.",
            layer_prefix="0_transformer_",
        ),
        SdTower(
            kind="open_clip",
            title="text encoder (OpenCLIP)",
            listen=select_penultimate,
            file_prefix="conditioner.embedders.1.model.",
            layer_prefix="1_model_",
        ),
    ),
    vector=size_vector,
    added_width=SIZE_WIDTH,
    options=("sdxl_clip_l_skip", *CROP),
)

SDXL_REFINER = SdFamily(
    name="sdxl_refiner",
    title="Stable Diffusion XL refiner",
    native_side=1024,
    latents=SDXL_LATENTS,
    previews=SDXL_PREVIEWS,
    words=AdapterWords(version="sdxl_refiner", architecture="sdxl_refiner"),
    aligned_levels=SDXL_ALIGNED,
    tiles_by_block=True,
    rounds_masks=True,
    large=True,
    towers=(
        SdTower(
            kind="open_clip",
            title="text encoder (OpenCLIP)",
            listen=select_penultimate,
            file_prefix="conditioner.embedders.0.model.",
            layer_prefix="0_model_",
        ),
    ),
    vector=aesthetic_vector,
    added_width=AESTHETIC_WIDTH,
    options=(*CROP, "sdxl_refiner_low_aesthetic_score", "sdxl_refiner_high_aesthetic_score"),
)
