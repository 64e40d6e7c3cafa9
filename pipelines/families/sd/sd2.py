"""Stable Diffusion 2.x and its inpainting models."""

from __future__ import annotations

from pipelines.families.sd.family import SdFamily, SdTower
from pipelines.families.sd.latents import SD_LATENTS, SD_PREVIEWS
from pipelines.families.sd.listen import select_sd2
from pipelines.families.sd.sd1 import SD_ALIGNED
from pipelines.families.trained import AdapterWords

SD2 = SdFamily(
    name="sd2",
    title="Stable Diffusion 2.x",
    native_side=768,
    latents=SD_LATENTS,
    previews=SD_PREVIEWS,
    words=AdapterWords(
        version="sd_v2",
        architecture="stable-diffusion-v2-512",
        velocity="stable-diffusion-v2-768-v",
        v2=True,
    ),
    aligned_levels=SD_ALIGNED,
    towers=(
        SdTower(
            kind="open_clip",
            title="text encoder (OpenCLIP)",
            listen=select_sd2,
            file_prefix="cond_stage_model.model.",
            layer_prefix="model_",
        ),
    ),
    alphas_from_file=True,
)
