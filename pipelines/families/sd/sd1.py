"""Stable Diffusion 1.x, its inpainting models and InstructPix2Pix."""

from __future__ import annotations

from pipelines.families.sd.family import SdFamily, SdTower
from pipelines.families.sd.latents import SD_LATENTS, SD_PREVIEWS
from pipelines.families.sd.listen import select_sd1
from pipelines.families.trained import AdapterWords

SD_ALIGNED = (14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029)
"""Levels of Align Your Steps (Sabour et al. 2024) for SD 1.x; A1111 takes them for SD 2.x too."""

SD1 = SdFamily(
    name="sd1",
    title="Stable Diffusion 1.x",
    native_side=512,
    latents=SD_LATENTS,
    previews=SD_PREVIEWS,
    words=AdapterWords(version="sd_v1", architecture="stable-diffusion-v1"),
    aligned_levels=SD_ALIGNED,
    heads=8,
    towers=(
        SdTower(
            kind="clip",
            title="text encoder (CLIP)",
            listen=select_sd1,
            file_prefix="cond_stage_model.transformer.text_model.",
            layer_prefix="transformer_",
        ),
    ),
    alphas_from_file=True,
)
