"""The plot's eighteen positional arguments, read and checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import GenerationRequest
from pipelines.sampling.seeds import SEED_LIMIT
from pipelines.scripting.axis import Axis
from pipelines.scripting.axis_values import Value, join_values, parse_values, split_values
from pipelines.scripting.script_file import Lookup
from pipelines.scripting.tools import margin
from pipelines.scripting.xyz.axes import axes_for
from pipelines.text.infotext.write import Value as PairValue

ARGUMENTS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One axis with its values. ``written`` is the text of the values, for the infotext."""

    name: str
    axis: Axis
    values: tuple[Value, ...]
    written: str
    vary_seeds: bool
    fixed: bool

    def pairs(self) -> dict[str, PairValue]:
        """Return its pairs in the grid's infotext; none for the empty axis."""
        if self.axis.shown == "nothing":
            return {}
        pairs: dict[str, PairValue] = {
            f"{self.name} Type": self.axis.label,
            f"{self.name} Values": self.written,
        }
        if self.axis.is_seed and self.fixed:
            pairs[f"Fixed {self.name} Values"] = ", ".join(str(v) for v in self.values)
        return pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotSettings:
    """The wanted plot. ``random_seeds``: seeds of -1 differ between cells. ``margin``: in pixels."""

    x: Dimension
    y: Dimension
    z: Dimension
    draw_legend: bool
    include_images: bool
    include_sub_grids: bool
    random_seeds: bool
    margin: int

    @property
    def count(self) -> int:
        """Number of cells."""
        return len(self.x.values) * len(self.y.values) * len(self.z.values)

    def cells(self) -> list[tuple[int, int, int]]:
        """Indices (x, y, z) of all cells, those of slow axes in the outer loops."""
        sizes = [len(d.values) for d in (self.x, self.y, self.z)]
        costs = [d.axis.cost for d in (self.x, self.y, self.z)]
        order = sorted((2, 1, 0), key=lambda i: -costs[i])
        cells = [(x, y, z) for z in range(sizes[2]) for y in range(sizes[1]) for x in range(sizes[0])]
        return sorted(cells, key=lambda cell: tuple(cell[i] for i in order))


def read_settings(request: GenerationRequest, args: Sequence[Any], context: Lookup) -> PlotSettings:
    """Read the positional arguments. Raises InvalidRequest for unknown axes and wrong values."""
    if len(args) != ARGUMENTS:
        raise InvalidRequest(f"X/Y/Z plot takes {ARGUMENTS} arguments, not {len(args)}", field="script.args")
    random_seeds, as_text = bool(args[12]), bool(args[17])
    chance = Random(f"{request.seeds.seed} {request.seeds.chance}")
    dimensions = [
        _dimension(
            name,
            args[i * 3 : i * 3 + 3],
            request,
            context,
            as_text=as_text,
            vary=bool(args[13 + i]),
            chance=None if random_seeds else chance,
        )
        for i, name in enumerate("XYZ")
    ]
    return PlotSettings(
        x=dimensions[0],
        y=dimensions[1],
        z=dimensions[2],
        draw_legend=bool(args[9]),
        include_images=bool(args[10]),
        include_sub_grids=bool(args[11]),
        random_seeds=random_seeds,
        margin=margin(args[16]),
    )


def _dimension(
    name: str,
    args: Sequence[Any],
    request: GenerationRequest,
    context: Lookup,
    *,
    as_text: bool,
    vary: bool,
    chance: Random | None,
) -> Dimension:
    axis = _axis(args[0], axes_for(request.img2img is not None, context.names))
    text, listed = str(args[1] or ""), [str(v) for v in args[2] or ()]
    if axis.shown == "nothing":
        return Dimension(name=name, axis=axis, values=("",), written="", vary_seeds=vary, fixed=False)
    from_list = axis.choices is not None and not as_text and bool(listed)
    items = tuple(listed) if from_list else split_values(text)
    if not items:
        raise InvalidRequest(f"{name} values of {axis.label} are empty", field="script.args")
    values = parse_values(items, axis.kind)
    if axis.is_seed and chance is not None:
        values = tuple(chance.randrange(SEED_LIMIT) if v == -1 else v for v in values)
    return Dimension(
        name=name,
        axis=axis,
        values=tuple(axis.prepare(request, values, context)),
        written=join_values(items) if from_list else text,
        vary_seeds=vary,
        fixed=chance is not None,
    )


def _axis(chosen: Any, axes: Sequence[Axis]) -> Axis:
    """Find an axis by its index or its label; null is the empty axis. Raises InvalidRequest."""
    if chosen is None or chosen == "":
        return axes[0]
    if isinstance(chosen, str) and not chosen.strip().lstrip("-").isdigit():
        found = next((a for a in axes if a.label.lower() == chosen.strip().lower()), None)
    else:
        index = int(chosen)
        found = axes[index] if 0 <= index < len(axes) else None
    if found is None:
        raise InvalidRequest(f"no axis {chosen!r}; there are {len(axes)}", field="script.args")
    return found


def cell_request(
    request: GenerationRequest, plot: PlotSettings, cell: tuple[int, int, int], context: Lookup
) -> GenerationRequest:
    """Apply every axis to the request, then vary the seeds along the axes that ask for it."""
    changed = request
    step, stride = 0, 1
    for dimension, index in zip((plot.x, plot.y, plot.z), cell, strict=True):
        changed = dimension.axis.apply(changed, dimension.values[index], context)
        if dimension.vary_seeds:
            step += index * stride
            stride *= len(dimension.values)
    seeds = changed.seeds
    chance = Random(f"{request.seeds.seed} {request.seeds.chance} {cell}")
    renewed = plot.random_seeds and request.seeds.random and seeds.seed == request.seeds.seed
    seed = chance.randrange(SEED_LIMIT) if renewed or seeds.seed == -1 else seeds.seed
    subseed = chance.randrange(SEED_LIMIT) if seeds.subseed == -1 else seeds.subseed
    return replace(changed, seeds=replace(seeds, seed=seed + step, subseed=subseed))
