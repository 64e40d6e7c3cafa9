"""Combine parts of a prompt, separated by `|`, in every way."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from typing import Any

from PIL import Image

from pipelines.plugin import (
    GenerationRequest,
    GenerationResult,
    InvalidRequest,
    Label,
    Names,
    PerPicture,
    Repeated,
    Script,
    ScriptArgument,
    ScriptContext,
    annotate_grid,
    combined,
    legend_style,
    margin,
    opened,
    picture_grid,
    pictures,
    png,
    sample_infotexts,
    without_grid,
)

DELIMITERS = {"comma": ", ", "space": " "}


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    """The place of variable parts, the seeds, the prompt to vary, the joining text and the grid's margins."""
    return (
        ScriptArgument(label="Put variable parts at start of prompt", value=False),
        ScriptArgument(label="Use different seed for each picture", value=False),
        ScriptArgument(label="Select prompt", value="positive", choices=("positive", "negative")),
        ScriptArgument(label="Select joining char", value="comma", choices=("comma", "space")),
        ScriptArgument(label="Grid margins (px)", value=0, minimum=0, maximum=500, step=2),
    )


def outline(request: GenerationRequest, args: tuple[Any, ...], names: Names) -> Iterable[Repeated]:
    """A picture for each subset, in batches."""
    prompt = request.prompt if args[2] == "positive" else request.negative_prompt
    pictures = 1 << prompt.count("|")
    return [Repeated(request=replace(request, batch_count=1), times=-(-pictures // request.batch_size))]


def run(
    request: GenerationRequest, args: tuple[Any, ...], context: ScriptContext
) -> Generator[GenerationRequest, GenerationResult, GenerationResult]:
    """One picture per subset of the variable parts, and a grid of them with a legend."""
    at_start, different_seeds, prompt_type, delimiter, wide = args
    if prompt_type not in ("positive", "negative"):
        raise InvalidRequest(f"Unknown prompt type {prompt_type}", field="script_args")
    if delimiter not in DELIMITERS:
        raise InvalidRequest(f"Unknown variations delimiter {delimiter}", field="script_args")
    between = margin(wide)
    positive = prompt_type == "positive"
    parts = (request.prompt if positive else request.negative_prompt).split("|")
    prompts = combinations(parts, DELIMITERS[delimiter], at_start=bool(at_start))
    seed = request.seeds.seed
    seeds = tuple(seed + i if different_seeds else seed for i in range(len(prompts)))
    per_picture = PerPicture(
        prompts=prompts if positive else (), negative_prompts=() if positive else prompts, seeds=seeds
    )
    result = yield replace(
        without_grid(request),
        batch_count=math.ceil(len(prompts) / request.batch_size),
        per_picture=per_picture,
    )
    images, infotexts = pictures(result), sample_infotexts(result)
    grid = png(draw_grid(images, parts, between, request), infotexts[0])
    context.save(grid, seed=seed, grid=True)
    return combined([result], [grid, *images], [infotexts[0], *infotexts], index_of_first_image=1)


def combinations(parts: Sequence[str], delimiter: str, *, at_start: bool) -> tuple[str, ...]:
    """Join every subset of ``parts[1:]`` with ``parts[0]``, in the order of bit masks."""
    prompts: list[str] = []
    for mask in range(1 << (len(parts) - 1)):
        chosen = [text.strip().strip(",") for i, text in enumerate(parts[1:]) if mask >> i & 1]
        prompts.append(delimiter.join([*chosen, parts[0]] if at_start else [parts[0], *chosen]))
    return tuple(prompts)


def draw_grid(
    images: Sequence[bytes], parts: Sequence[str], between: int, request: GenerationRequest
) -> Image.Image:
    """Draw the grid with a legend: half of the variable parts select the column, the other half the row."""
    opened_images = [opened(i) for i in images]
    grid = picture_grid(opened_images, 1 << ((len(parts) - 1) // 2), request.output.grid_background_color)
    boundary = math.ceil((len(parts) - 1) / 2)
    columns, rows = _labels(parts[1 : 1 + boundary]), _labels(parts[1 + boundary :])
    width, height = opened_images[0].size
    return annotate_grid(
        grid, width, height, columns, rows, margin=between, style=legend_style(request.output)
    )


def _labels(parts: Sequence[str]) -> list[list[Label]]:
    return [
        [Label(text=text, active=bool(mask >> i & 1)) for i, text in enumerate(parts)]
        for mask in range(1 << len(parts))
    ]


SCRIPT = Script(
    title="Prompt matrix",
    run=run,
    outline=outline,
    arguments=arguments,
    order=100,
    grid_name="prompt_matrix",
)
