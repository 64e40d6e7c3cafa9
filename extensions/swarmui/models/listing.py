"""ListModels: the files of a subtype below a folder, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from extensions.swarmui.models.choices import CHECKPOINTS, WILDCARDS, bare, list_wildcards
from extensions.swarmui.models.describe import ModelFile, describe, files_of
from pipelines.plugin import InvalidRequest
from sdapi.plugin import State

SORTS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "name": lambda item: str(item["name"]).lower(),
    "title": lambda item: str(item["title"]).lower(),
    "datecreated": lambda item: -item["time_created"],
    "datemodified": lambda item: -item["time_modified"],
}
DEEPEST = 32
LISTS = "Wildcards"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelWish:
    """Wishes of one ListModels request; ``current`` is the file of the checkpoint in use."""

    path: str
    depth: int
    subtype: str
    sort: str
    falling: bool
    current: str | None


def list_models(wish: ModelWish, state: State) -> dict[str, Any]:
    """List folders and files below a path, down to the depth. Raises InvalidRequest."""
    order = SORTS.get(wish.sort.lower())
    if order is None:
        raise InvalidRequest(f"Invalid sort mode '{wish.sort[:60]}'.")
    start = wish.path.replace("\\", "/").strip("/")
    start = f"{start}/" if start else ""
    every = _wildcards(state) if wish.subtype == LISTS else files_of(wish.subtype, state)
    below = [(file, file.name[len(start) :]) for file in every if file.name.startswith(start)]
    depth = max(1, min(wish.depth, DEEPEST))
    wanted = [file for file, rest in below if rest.count("/") < depth]
    files = [describe(file, is_loaded(file, wish.current), wish.subtype) for file in wanted]
    return {
        "folders": sorted(_folders((rest for _, rest in below), depth)),
        "files": sorted(files, key=order, reverse=wish.falling),
    }


def loaded_models(current: str | None, state: State) -> list[dict[str, Any]]:
    """Describe the checkpoint in use; empty without one."""
    files = files_of(CHECKPOINTS, state)
    return [describe(file, loaded=True) for file in files if is_loaded(file, current)]


def is_loaded(file: ModelFile, current: str | None) -> bool:
    """True if the file is that of the checkpoint in use."""
    return current is not None and str(file.path) == current


def _wildcards(state: State) -> list[ModelFile]:
    """Wildcards in the form of models."""
    names = list_wildcards(state.config.data / WILDCARDS)
    return [ModelFile(name=name, path=None) for name in names]


def _folders(names: Iterable[str], depth: int) -> set[str]:
    """All folders on the way to the names, down to the depth."""
    found: set[str] = set()
    for name in names:
        parts = name.split("/")[:-1][:depth]
        found |= {"/".join(parts[: k + 1]) for k in range(len(parts))}
    return found


def find_model(name: str, subtype: str, state: State) -> ModelFile:
    """Find a file by its name, with its suffix or without, in any letter case. Raises InvalidRequest."""
    wanted = bare(name.replace("\\", "/").strip("/")).lower()
    for file in files_of(subtype, state):
        if bare(file.name).lower() == wanted:
            return file
    raise InvalidRequest("Model not found.")
