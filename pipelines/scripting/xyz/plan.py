"""The cells of a plot, read without an engine: limits are held against them before anything is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from pipelines.contract.requests import GenerationRequest, Style
from pipelines.scripting.script_file import Names, Repeated
from pipelines.scripting.xyz.settings import cell_request, read_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Unloaded:
    """Stands in for an engine where nothing may be loaded: every checkpoint is found under its own name."""

    names: Names

    def find_checkpoint(self, name: str) -> str | None:
        return name

    def find_style(self, name: str) -> Style | None:
        return None


def plan(request: GenerationRequest, args: Sequence[Any], names: Names) -> Iterator[Repeated]:
    """Yield a generation per cell. Raises InvalidRequest for unknown axes and wrong values."""
    context = Unloaded(names=names)
    settings = read_settings(request, args, context)
    sizes = (len(settings.x.values), len(settings.y.values), len(settings.z.values))
    # one by one, so that counting may stop long before the last of a billion
    for x, y, z in product(*map(range, sizes)):
        yield Repeated(request=cell_request(request, settings, (x, y, z), context))
