"""Extend a picture over its edges tile by tile."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from typing import Any

from PIL import Image, ImageDraw

from pipelines.plugin import (
    GenerationRequest,
    GenerationResult,
    Inpaint,
    InvalidRequest,
    JoinedPicture,
    Names,
    Repeated,
    Script,
    ScriptArgument,
    ScriptContext,
    combine_grid,
    combined,
    decode_picture,
    flatten,
    from_picture,
    opened,
    pictures,
    png,
    raw_png,
    sample_infotexts,
    source,
    split_grid,
    start_size,
    with_seed,
)

FILLS = ("fill", "original", "latent noise", "latent nothing")


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    """The width of the new border, its blur, its filling, and its sides."""
    return (
        ScriptArgument(label="Pixels to expand", value=128, minimum=8, maximum=256, step=8),
        ScriptArgument(label="Mask blur", value=4, minimum=0, maximum=64, step=1),
        ScriptArgument(
            label="Masked content",
            value="fill",
            choices=("fill", "original", "latent noise", "latent nothing"),
        ),
        ScriptArgument(
            label="Outpainting direction",
            value=["left", "right", "up", "down"],
            choices=("left", "right", "up", "down"),
        ),
    )


def outline(
    request: GenerationRequest, args: tuple[Any, ...], names: Names
) -> Iterable[Repeated | JoinedPicture]:
    """At most all tiles of the widened canvas."""
    pixels, directions = int(args[0]), [str(d) for d in args[3] or ()]
    width, height = start_size(request)
    *_, width = _widened(width, pixels, "left" in directions, "right" in directions)
    *_, height = _widened(height, pixels, "up" in directions, "down" in directions)
    yield JoinedPicture(width=width, height=height)
    grid = split_grid(width, height, request.width, request.height, pixels)
    yield Repeated(request=replace(request, batch_size=1, batch_count=1), times=len(grid.xs) * len(grid.ys))


def run(
    request: GenerationRequest, args: tuple[Any, ...], context: ScriptContext
) -> Generator[GenerationRequest, GenerationResult, GenerationResult]:
    """Widen the canvas, repaint the tiles that touch the border, and join all tiles."""
    pixels, blur, fill, directions = int(args[0]), int(args[1]), fill_index(args[2]), list(args[3])
    warnings = by_name(args[2])
    start = flatten(
        decode_picture(source(request).images[0], field="init_images"),
        request.options.img2img_background_color,
    )
    left, right, width = _widened(start.width, pixels, "left" in directions, "right" in directions)
    up, down, height = _widened(start.height, pixels, "up" in directions, "down" in directions)
    margins = (left, up, right, down)
    # A1111 can't put a content that was chosen by name into the infotext.
    unnamed = frozenset({"Masked content"}) if isinstance(args[2], str) else frozenset[str]()
    canvas = Image.new("RGB", (width, height))
    canvas.paste(start, (left, up))
    mask, latent_mask = (
        _frame((width, height), margins, blur * 2),
        _frame((width, height), margins, blur // 2),
    )
    grid = split_grid(width, height, request.width, request.height, pixels)
    request = replace(request, batch_size=1, batch_count=1, save_images=False)
    results: list[GenerationResult] = []
    seed = request.seeds.seed
    rows: list[list[Image.Image]] = []
    for y in grid.ys:
        row: list[Image.Image] = []
        for x in grid.xs:
            box = (x, y, x + request.width, y + request.height)
            inside = x >= left and y >= up and box[2] <= width - right and box[3] <= height - down
            if inside or context.interrupted:
                row.append(canvas.crop(box))
                continue
            inpaint = _tile_inpaint(mask.crop(box), latent_mask.crop(box), blur * 2, fill)
            job = from_picture(request, canvas.crop(box))
            tile = replace(source(job), inpaint=inpaint)
            result = yield with_seed(replace(job, img2img=tile, unnamed_pairs=unnamed), seed)
            results.append(result)
            seed += 1
            row += [opened(i) for i in pictures(result)[:1]]
        rows.append(row)
    text = sample_infotexts(results[0])[0] if results else ""
    joined = png(combine_grid(grid, rows), text)
    context.save(joined, seed=request.seeds.seed)
    if not results:
        raise InvalidRequest("there is nothing to paint: choose a direction", field="script_args")
    last = results[-1].info
    made = combined(results, [joined], [text], all_seeds=last["all_seeds"], index_of_first_image=0)
    return replace(made, warnings=(*made.warnings, *warnings))


def _tile_inpaint(mask: Image.Image, latent_mask: Image.Image, blur: int, fill: int) -> Inpaint:
    return Inpaint(
        mask=raw_png(mask),
        latent_mask=raw_png(latent_mask),
        blur_x=blur,
        blur_y=blur,
        fill=fill,
        only_masked=False,
    )


def fill_index(value: object) -> int:
    """Read the masked content's index; every name acts as ``fill``, as in A1111. Raises InvalidRequest."""
    if isinstance(value, int) and 0 <= value < len(FILLS):
        return value
    if value in FILLS:
        return 0
    raise InvalidRequest(f"unknown masked content {value!r}", field="script_args")


def by_name(value: object) -> tuple[str, ...]:
    """Warn of a name other than ``fill``, as names act as ``fill``. Raises ValueError for an unknown one."""
    if not isinstance(value, str) or value == FILLS[0]:
        return ()
    index = FILLS.index(value)
    return (f"script_args: the masked content {value!r} acts as 'fill' by its name; {index} asks for it",)


def _widened(side: int, pixels: int, before: bool, after: bool) -> tuple[int, int, int]:
    """Return the margins before and after, and the new side: a multiple of 64."""
    low, high = pixels * before, pixels * after
    target = math.ceil((side + low + high) / 64) * 64
    if low > 0:
        low = low * (target - side) // (low + high)
    if high > 0:
        high = target - side - low
    return low, high, target


def _frame(size: tuple[int, int], margins: tuple[int, int, int, int], inset: int) -> Image.Image:
    """Draw a mask, white where to repaint; the kept part shrinks by ``inset`` at every margin."""
    left, up, right, down = margins
    mask = Image.new("L", size, "white")
    kept = (
        left + (inset if left > 0 else 0),
        up + (inset if up > 0 else 0),
        size[0] - right - (inset if right > 0 else 0),
        size[1] - down - (inset if down > 0 else 0),
    )
    ImageDraw.Draw(mask).rectangle(kept, fill="black")
    return mask


SCRIPT = Script(
    title="Poor man's outpainting", run=run, outline=outline, arguments=arguments, txt2img=False, order=100
)
