"""Checkpoint names to files: the selected one, overrides, and fuzzy names of refiner and hires fix."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pipelines.contract.errors import InvalidRequest, MissingWeights
from sdapi.core.services import Catalog, CheckpointItem
from sdapi.options.store import OptionStore

if TYPE_CHECKING:
    from sdapi.intent.intent import Intent

OPTION = "sd_model_checkpoint"


def current_checkpoint(store: OptionStore, catalog: Catalog) -> CheckpointItem | None:
    """The selected checkpoint; without a name, or with one that no longer exists, the first whole file.

    The file that a name was first taken for stays current as long as it exists: a new file in a better place
    or with a nearer name doesn't become current by itself. None where there is no file.
    """
    name = str(store.get(OPTION) or "")
    if name and (found := _as_before(name, store, catalog, _named)):
        return found
    return _as_before("", store, catalog, _first)


def _as_before(
    name: str,
    store: OptionStore,
    catalog: Catalog,
    look_up: Callable[[str, Catalog], CheckpointItem | None],
) -> CheckpointItem | None:
    known = store.meanings.get(name)
    found = (catalog.find_checkpoint(known) if known else None) or look_up(name, catalog)
    if found is not None:
        store.meanings[name] = found.filename
    return found


def _named(name: str, catalog: Catalog) -> CheckpointItem | None:
    return catalog.find_checkpoint(name) or catalog.match_checkpoint(name)


def _first(name: str, catalog: Catalog) -> CheckpointItem | None:
    """The first file that is whole, else the first."""
    every = catalog.checkpoints()
    return next((item for item in every if item.damaged is None), next(iter(every), None))


def resolve_checkpoint(
    store: OptionStore, catalog: Catalog, intent: Intent
) -> tuple[CheckpointItem, tuple[str, ...]]:
    """The checkpoint of a request, and warnings. Raises MissingWeights when there is no file at all."""
    override = intent.checkpoint or intent.overrides.get(OPTION)
    chosen = catalog.find_checkpoint(override) if isinstance(override, str) and override else None
    found = chosen or current_checkpoint(store, catalog)
    if found is None:
        raise MissingWeights(
            "No checkpoints found. Put a .safetensors or .ckpt file into models/Stable-diffusion",
            field="checkpoint",
        )
    if override and chosen is None:
        text = f"no checkpoint is called {override!a}; {found.title!r} was used"
        path = "checkpoint" if intent.checkpoint else f"overrides.{OPTION}"
        return found, (f"{path}: {text}",)
    return found, ()


def match_checkpoint(catalog: Catalog, name: str | None, *, field: str) -> str | None:
    """The file that a fuzzy name stands for; None without a name. Raises InvalidRequest for no match."""
    if not name:
        return None
    found = catalog.match_checkpoint(name)
    if found is None:
        raise InvalidRequest(f"Could not find checkpoint with name {name}", field=field)
    return found.filename
