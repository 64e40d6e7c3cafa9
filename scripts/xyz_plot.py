"""Draw a grid of pictures over up to three varying parameters."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import Any

from pipelines.plugin import (
    GenerationRequest,
    GenerationResult,
    Names,
    Repeated,
    Script,
    ScriptArgument,
    ScriptContext,
    axes_for,
    plan,
    plot,
)


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    """Three axes with their values, each an index into the choices or a label; then the looks of the grid."""
    axes = tuple(axis.label for axis in axes_for(is_img2img, names))
    return (
        *_axis("X", "Seed", axes),
        *_axis("Y", "Nothing", axes),
        *_axis("Z", "Nothing", axes),
        ScriptArgument(label="Draw legend", value=True),
        ScriptArgument(label="Include Sub Images", value=False),
        ScriptArgument(label="Include Sub Grids", value=False),
        ScriptArgument(label="Keep -1 for seeds", value=False),
        *(ScriptArgument(label=f"Vary seeds for {name}", value=False) for name in "XYZ"),
        ScriptArgument(label="Grid margins (px)", value=0, minimum=0, maximum=500, step=2),
        ScriptArgument(label="Use text inputs instead of dropdowns", value=False),
    )


def _axis(name: str, value: str, axes: tuple[str, ...]) -> Sequence[ScriptArgument]:
    return (
        ScriptArgument(label=f"{name} type", value=value, choices=axes),
        ScriptArgument(label=f"{name} values", value=""),
        ScriptArgument(label=f"{name} values", choices=()),
    )


def outline(request: GenerationRequest, args: tuple[Any, ...], names: Names) -> Iterable[Repeated]:
    """One generation per cell."""
    return plan(request, args, names)


def run(
    request: GenerationRequest, args: tuple[Any, ...], context: ScriptContext
) -> Generator[GenerationRequest, GenerationResult, GenerationResult]:
    """One generation per cell, and grids of them with legends."""
    return (yield from plot(request, args, context))


SCRIPT = Script(
    title="X/Y/Z plot", run=run, outline=outline, arguments=arguments, order=100, grid_name="xyz_grid"
)
