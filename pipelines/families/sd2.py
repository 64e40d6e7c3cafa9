"""Stable Diffusion 2.x and its inpainting models."""

from __future__ import annotations

from pipelines.families.base import Family, TextTower

SD2 = Family(
    name="sd2",
    title="Stable Diffusion 2.x",
    latent_scale=0.18215,
    text_towers=(
        TextTower(
            kind="open_clip",
            file_prefix="cond_stage_model.model.",
            layer_prefix="model_",
            pad_token=0,
        ),
    ),
    alphas_from_file=True,
)
