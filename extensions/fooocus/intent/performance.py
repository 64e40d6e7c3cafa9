"""The presets that clients choose a speed by: steps, a LoRA, and what they force."""

from __future__ import annotations

from dataclasses import dataclass, replace

from extensions.fooocus.bodies.advanced import AdvancedParams
from extensions.fooocus.bodies.fields import PERFORMANCES
from extensions.fooocus.bodies.texts import choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """A preset. ``lora``: the file that makes so few steps enough, and its weight.

    ``sampler`` and ``scheduler`` are forced where a LoRA is; then guidance and all that steers is off.
    """

    name: str
    steps: int
    upscale_steps: int
    lora: tuple[str, float] | None = None
    sampler: str = ""
    scheduler: str = ""


TABLE = (
    Performance(name="Speed", steps=30, upscale_steps=18),
    Performance(name="Quality", steps=60, upscale_steps=36),
    Performance(
        name="Extreme Speed",
        steps=8,
        upscale_steps=8,
        lora=("sdxl_lcm_lora.safetensors", 1.0),
        sampler="lcm",
        scheduler="lcm",
    ),
    Performance(
        name="Lightning",
        steps=4,
        upscale_steps=4,
        lora=("sdxl_lightning_4step_lora.safetensors", 1.0),
        sampler="euler",
        scheduler="sgm_uniform",
    ),
    Performance(
        name="Hyper-SD",
        steps=4,
        upscale_steps=4,
        lora=("sdxl_hyper_sd_4step_lora.safetensors", 0.8),
        sampler="dpmpp_sde_gpu",
        scheduler="karras",
    ),
)
BY_NAME = {row.name: row for row in TABLE}


def performance_of(text: str) -> tuple[Performance, tuple[str, ...]]:
    """The preset that a text names; any other text is Speed, with a warning."""
    name = choice(text, PERFORMANCES)
    if name is None:
        return TABLE[0], (f"performance_selection: {text!a} is none of {', '.join(BY_NAME)}; Speed was used",)
    return BY_NAME[name], ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The fields that a preset may overrule, as it leaves them."""

    guidance: float
    sharpness: float
    adaptive_cfg: float
    adm: tuple[float, float, float]
    switch: float
    refines: bool
    sampler: str
    scheduler: str
    steps: int
    upscale_steps: int


def pace_of(
    preset: Performance, advanced: AdvancedParams, *, guidance: float, sharpness: float, switch: float
) -> Pace:
    """Those fields under a preset; ``overwrite_step`` counts last."""
    pace = Pace(
        guidance=guidance,
        sharpness=sharpness,
        adaptive_cfg=advanced.adaptive_cfg,
        adm=(advanced.adm_scaler_positive, advanced.adm_scaler_negative, advanced.adm_scaler_end),
        switch=switch,
        refines=True,
        sampler=advanced.sampler_name,
        scheduler=advanced.scheduler_name,
        steps=preset.steps,
        upscale_steps=preset.upscale_steps,
    )
    if preset.lora is not None:
        pace = replace(
            pace,
            guidance=1.0,
            sharpness=0.0,
            adaptive_cfg=1.0,
            adm=(1.0, 1.0, 0.0),
            switch=1.0,
            refines=False,
            sampler=preset.sampler,
            scheduler=preset.scheduler,
        )
    if advanced.overwrite_step > 0:
        pace = replace(pace, steps=advanced.overwrite_step, upscale_steps=advanced.overwrite_step)
    return pace
