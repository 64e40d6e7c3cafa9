"""Make every cell of the plot, and the grids of them."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from PIL import Image

from pipelines.contract.errors import InvalidRequest, SdapiError
from pipelines.contract.requests import GenerationRequest
from pipelines.contract.results import GenerationResult
from pipelines.pictures.annotate import Label, annotate_grid
from pipelines.pictures.grid import picture_grid
from pipelines.scripting.script_file import ScriptContext
from pipelines.scripting.tools import combined, legend_style, opened, png
from pipelines.scripting.xyz.settings import PlotSettings, cell_request, read_settings
from pipelines.text.infotext.write import VERSION, pairs_line
from pipelines.text.infotext.write import Value as PairValue

Cell = tuple[int, int, int]


@dataclass(slots=True, kw_only=True)
class _Cells:
    """The results so far, and the errors of cells that failed."""

    results: dict[Cell, GenerationResult] = field(default_factory=dict[Cell, GenerationResult])
    failures: list[SdapiError] = field(default_factory=list[SdapiError])
    warnings: list[str] = field(default_factory=list[str])


def plot(
    request: GenerationRequest, args: Sequence[Any], context: ScriptContext
) -> Generator[GenerationRequest, GenerationResult, GenerationResult]:
    """A grid over up to three axes. A cell that fails is an empty tile and a warning.

    Raises InvalidRequest for wrong arguments and too large a grid, and the first cell's error if every cell
    fails.
    """
    settings = read_settings(request, args, context)
    _check_size(settings, request)
    if not request.output.return_grid:
        request = replace(request, batch_size=1)
    cells = yield from _make(settings, request, context)
    if not cells.results:
        raise cells.failures[0] if cells.failures else InvalidRequest("the plot was interrupted")
    result = _answer(settings, request, cells)
    context.save(result.images[0], seed=request.seeds.seed, grid=True)
    return result


def _check_size(settings: PlotSettings, request: GenerationRequest) -> None:
    megapixels = round(settings.count * request.width * request.height / 1_000_000)
    most = request.output.img_max_size_mp
    if megapixels >= most:
        raise InvalidRequest(
            f"Error: Resulting grid would be too large ({megapixels} MPixels) "
            f"(max configured size is {most} MPixels)",
            field="script.args",
        )


def _make(
    settings: PlotSettings, request: GenerationRequest, context: ScriptContext
) -> Generator[GenerationRequest, GenerationResult, _Cells]:
    made = _Cells()
    passes = 2 if request.hires is not None else 1
    for number, cell in enumerate(settings.cells()):
        if context.interrupted:
            break
        count = settings.count * request.batch_count * passes
        context.set_job(f"{number + 1} out of {settings.count}", count=count)
        try:
            result = yield cell_request(request, settings, cell, context)
        except SdapiError as error:
            made.failures.append(error)
            made.warnings.append(f"cell {_named(settings, cell)} is empty: {error.message}")
            continue
        if result.images:
            made.results[cell] = result
    return made


def _named(settings: PlotSettings, cell: Cell) -> str:
    dimensions = zip((settings.x, settings.y, settings.z), cell, strict=True)
    return ", ".join(text for d, i in dimensions if (text := d.axis.text(d.values[i])))


def _answer(settings: PlotSettings, request: GenerationRequest, cells: _Cells) -> GenerationResult:
    """The main grid, then the grid of each Z value and single pictures if asked for, all with infotexts."""
    order = sorted(settings.cells(), key=lambda cell: cell[::-1])
    images = _pictures(order, cells)
    first = next(cell for cell in order if cell in cells.results)
    layers = range(len(settings.z.values))
    grids = [_layer(settings, request, images, z) for z in layers]
    main_text = _grid_text(settings, cells, first, with_z=True)
    main = _titled(settings, request, grids)
    layer_texts = [_grid_text(settings, cells, (0, 0, z), with_z=False) for z in layers]
    result = _merged(settings, cells, order, main_text, layer_texts)
    pictures = [png(main, main_text)]
    if settings.include_sub_grids:
        pictures += [png(grid, text) for grid, text in zip(grids, layer_texts, strict=True)]
    if settings.include_images:
        pictures += [png(images[cell], _text(cells, cell)) for cell in order]
    return replace(result, images=tuple(pictures))


def _pictures(order: Sequence[Cell], cells: _Cells) -> dict[Cell, Image.Image]:
    """Every cell's picture; an empty one has the size of the first that is there."""
    made = {cell: opened(result.images[0]) for cell, result in cells.results.items()}
    empty = Image.new("RGB", next(iter(made.values())).size)
    return {cell: made.get(cell, empty) for cell in order}


def _layer(
    settings: PlotSettings, request: GenerationRequest, pictures: Mapping[Cell, Image.Image], z: int
) -> Image.Image:
    """The grid of one Z value: X to the right, Y downwards."""
    columns, rows = range(len(settings.x.values)), range(len(settings.y.values))
    shown = [pictures[x, y, z] for y in rows for x in columns]
    grid = picture_grid(shown, len(rows), request.output.grid_background_color)
    if not settings.draw_legend:
        return grid
    return annotate_grid(
        grid,
        max(i.width for i in shown),
        max(i.height for i in shown),
        [[Label(text=settings.x.axis.text(v))] for v in settings.x.values],
        [[Label(text=settings.y.axis.text(v))] for v in settings.y.values],
        margin=settings.margin,
        style=legend_style(request.output),
    )


def _titled(settings: PlotSettings, request: GenerationRequest, grids: Sequence[Image.Image]) -> Image.Image:
    """All Z layers side by side, titles above."""
    joined = picture_grid(grids, 1, request.output.grid_background_color)
    if not settings.draw_legend:
        return joined
    titles = [[Label(text=settings.z.axis.text(v))] for v in settings.z.values]
    width, height = max(g.width for g in grids), max(g.height for g in grids)
    return annotate_grid(
        joined, width, height, titles, [[Label(text="")]], style=legend_style(request.output)
    )


def _text(cells: _Cells, cell: Cell) -> str:
    """A cell's infotext; an empty cell has none."""
    result = cells.results.get(cell)
    return str(result.info["infotexts"][0]) if result is not None else ""


def _grid_text(settings: PlotSettings, cells: _Cells, cell: Cell, *, with_z: bool) -> str:
    """The cell's infotext with the axes; pairs stand before the version, which is last."""
    text = _text(cells, cell)
    pairs: dict[str, PairValue] = {"Script": "X/Y/Z plot", **settings.x.pairs(), **settings.y.pairs()}
    if with_z:
        pairs |= settings.z.pairs()
    version = f", Version: {VERSION}"
    body, found, _ = text.rpartition(version)
    return f"{body or text}, {pairs_line(pairs)}{found}" if text else ""


def _merged(
    settings: PlotSettings, cells: _Cells, order: Sequence[Cell], main: str, layers: Sequence[str]
) -> GenerationResult:
    """The first result's info with lists over all cells; prompts and seeds leave the main grid out."""
    made = [cells.results[cell] for cell in order if cell in cells.results]
    lists: dict[str, list[Any]] = {"all_prompts": [], "all_seeds": []}
    corners = [(0, 0, z) for z in range(len(layers))] if settings.include_sub_grids else []
    for cell in (*corners, *order):
        info = cells.results[cell].info if cell in cells.results else {"prompt": "", "seed": -1}
        lists["all_prompts"].append(info["prompt"])
        lists["all_seeds"].append(info["seed"])
    texts = [main, *(layers if settings.include_sub_grids else ()), *(_text(cells, c) for c in order)]
    result = combined(made, (), texts, index_of_first_image=1, **lists)
    return replace(result, warnings=(*result.warnings, *cells.warnings))
