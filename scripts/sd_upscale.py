"""Upscale a picture, then repaint it in tiles."""

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
    sample_infotexts,
    source,
    split_grid,
    start_size,
    with_seed,
)


def arguments(is_img2img: bool, names: Names) -> Sequence[ScriptArgument]:
    """The overlap of tiles, the upscaler, and its factor."""
    return (
        ScriptArgument(value="Width and height set the size of a tile."),
        ScriptArgument(label="Tile overlap", value=64, minimum=0, maximum=256, step=16),
        ScriptArgument(label="Upscaler", value="None", choices=names.upscalers),
        ScriptArgument(label="Scale Factor", value=2.0, minimum=1.0, maximum=4.0, step=0.05),
    )


def outline(
    request: GenerationRequest, args: tuple[Any, ...], names: Names
) -> Iterable[Repeated | JoinedPicture]:
    """The tiles of the enlarged picture, in batches, ``batch_count`` times over."""
    factor = 1.0 if upscaler_name(args[2], names) == "None" else float(args[3])
    width, height = (int(side * factor) for side in start_size(request))
    yield JoinedPicture(width=width, height=height)
    grid = split_grid(width, height, request.width, request.height, int(args[1]))
    batches = -(-len(grid.xs) * len(grid.ys) // request.batch_size)
    yield Repeated(request=replace(request, batch_count=1), times=batches * request.batch_count)


def run(
    request: GenerationRequest, args: tuple[Any, ...], context: ScriptContext
) -> Generator[GenerationRequest, GenerationResult, GenerationResult]:
    """Enlarge the init picture, repaint it tile by tile, and join the tiles."""
    _, overlap, upscaler, factor = args
    name = upscaler_name(upscaler, context.names)
    pairs = (*request.pairs, ("SD upscale overlap", overlap), ("SD upscale upscaler", name))
    start = flatten(
        decode_picture(source(request).images[0], field="init_images"),
        request.options.img2img_background_color,
    )
    large = start if name == "None" else opened(context.upscale(png(start), name, float(factor)))
    grid = split_grid(large.width, large.height, request.width, request.height, int(overlap))
    tiles = [large.crop((x, y, x + request.width, y + request.height)) for y in grid.ys for x in grid.xs]
    results: list[GenerationResult] = []
    images: list[bytes] = []
    size = request.batch_size
    plain = replace(request, batch_count=1, pairs=pairs, save_images=False)
    batches = math.ceil(len(tiles) / size)
    for number in range(request.batch_count):
        seed = request.seeds.seed + number
        done: list[Image.Image] = []
        for batch in range(batches):
            context.set_job(
                f"Batch {batch + 1 + number * batches} out of {batches * request.batch_count}",
                count=batches * request.batch_count,
            )
            part = tiles[batch * size : (batch + 1) * size]
            job = replace(from_picture(plain, *part), batch_size=len(part))
            result = yield with_seed(job, seed)
            results.append(result)
            seed = int(result.info["all_seeds"][-1]) + 1
            done += [opened(i) for i in pictures(result)]
            if context.interrupted:
                done += tiles[len(done) :]
                break
        columns = len(grid.xs)
        joined = combine_grid(grid, [done[r * columns : (r + 1) * columns] for r in range(len(grid.ys))])
        images.append(png(joined, sample_infotexts(results[0])[0]))
        context.save(images[-1], seed=request.seeds.seed + number)
    last = results[-1].info
    infotexts = [sample_infotexts(results[0])[0]] * len(images)
    return combined(results, images, infotexts, all_seeds=last["all_seeds"], index_of_first_image=0)


def upscaler_name(value: object, names: Names) -> str:
    """Find the upscaler by its index or its name in any letter case. Raises InvalidRequest."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(names.upscalers):
        return names.upscalers[value]
    found = next((n for n in names.upscalers if n.lower() == str(value).lower()), None)
    if found is None:
        raise InvalidRequest(f"could not find upscaler named {value}", field="script_args")
    return found


SCRIPT = Script(title="SD upscale", run=run, outline=outline, arguments=arguments, txt2img=False, order=100)
