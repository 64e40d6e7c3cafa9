"""Draw a grid of pictures over up to three varying parameters."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from pipelines.contract.requests import GenerationRequest, GenerationResult
from pipelines.scripting.script_file import Names, Script, ScriptArg, ScriptContext
from pipelines.scripting.xyz.axes import axes_for
from pipelines.scripting.xyz.plot import plot


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArg]:
    """Its positional arguments; an axis is an index into the choices, or a label."""
    axes = tuple(axis.label for axis in axes_for(is_img2img))
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


def run(
    request: GenerationRequest, args: tuple[Any, ...], context: ScriptContext
) -> Generator[GenerationRequest, GenerationResult, GenerationResult]:
    """One generation per cell, and grids of them with legends."""
    return (yield from plot(request, args, context))


SCRIPT = Script(title="X/Y/Z plot", run=run, arguments=arguments, order=100, grid_name="xyz_grid")
