"""Draw a grid of pictures over up to three varying parameters."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.scripting import Names, Script, ScriptArg

AXES_TXT2IMG: tuple[str, ...] = (
    "Nothing",
    "Seed",
    "Var. seed",
    "Var. strength",
    "Steps",
    "Hires steps",
    "CFG Scale",
    "Prompt S/R",
    "Prompt order",
    "Sampler",
    "Hires sampler",
    "Checkpoint name",
    "Negative Guidance minimum sigma",
    "Sigma Churn",
    "Sigma min",
    "Sigma max",
    "Sigma noise",
    "Schedule type",
    "Schedule min sigma",
    "Schedule max sigma",
    "Schedule rho",
    "Beta schedule alpha",
    "Beta schedule beta",
    "Eta",
    "Clip skip",
    "Denoising",
    "Initial noise multiplier",
    "Extra noise",
    "Hires upscaler",
    "VAE",
    "Styles",
    "UniPC Order",
    "Face restore",
    "Token merging ratio",
    "Token merging ratio high-res",
    "Always discard next-to-last sigma",
    "SGM noise multiplier",
    "Refiner checkpoint",
    "Refiner switch at",
    "RNG source",
    "FP8 mode",
    "Size",
)
AXES_IMG2IMG: tuple[str, ...] = (
    "Nothing",
    "Seed",
    "Var. seed",
    "Var. strength",
    "Steps",
    "CFG Scale",
    "Image CFG Scale",
    "Prompt S/R",
    "Prompt order",
    "Sampler",
    "Checkpoint name",
    "Negative Guidance minimum sigma",
    "Sigma Churn",
    "Sigma min",
    "Sigma max",
    "Sigma noise",
    "Schedule type",
    "Schedule min sigma",
    "Schedule max sigma",
    "Schedule rho",
    "Beta schedule alpha",
    "Beta schedule beta",
    "Eta",
    "Clip skip",
    "Denoising",
    "Initial noise multiplier",
    "Extra noise",
    "Cond. Image Mask Weight",
    "VAE",
    "Styles",
    "UniPC Order",
    "Face restore",
    "Token merging ratio",
    "Token merging ratio high-res",
    "Always discard next-to-last sigma",
    "SGM noise multiplier",
    "Refiner checkpoint",
    "Refiner switch at",
    "RNG source",
    "FP8 mode",
    "Size",
)
"""Axis labels; clients send an axis by its index."""


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArg]:
    """Its positional arguments; an axis is an index into the choices, or a label."""
    axes = AXES_IMG2IMG if is_img2img else AXES_TXT2IMG
    return (
        *_axis("X", "Seed", axes),
        *_axis("Y", "Nothing", axes),
        *_axis("Z", "Nothing", axes),
        ScriptArg(label="Draw legend", value=True),
        ScriptArg(label="Include Sub Images", value=False),
        ScriptArg(label="Include Sub Grids", value=False),
        ScriptArg(label="Keep -1 for seeds", value=False),
        *(ScriptArg(label=f"Vary seeds for {name}", value=False) for name in "XYZ"),
        ScriptArg(label="Grid margins (px)", value=0, minimum=0, maximum=500, step=2),
        ScriptArg(label="Use text inputs instead of dropdowns", value=False),
    )


def _axis(name: str, value: str, axes: tuple[str, ...]) -> Sequence[ScriptArg]:
    return (
        ScriptArg(label=f"{name} type", value=value, choices=axes),
        ScriptArg(label=f"{name} values", value=""),
        ScriptArg(label=f"{name} values", choices=()),
    )


SCRIPT = Script(title="X/Y/Z plot", arguments=arguments, order=100)
