"""Node packs: folders of the nodes folder, imported as modules of their own; one that fails stops nothing."""

from __future__ import annotations

import importlib.util
import logging
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extensions.invokeai.invocation.registry import InvocationRegistry

log = logging.getLogger("invokeai.packs")

FORMER_API = (
    "invokeai.app.models",
    "InputField",
    "WithMetadata",
    "ImageField",
    "WithWorkflow",
    "OutputField",
)
"""Names that packs of Invoke 3 import from places where they no longer are."""


@dataclass(slots=True, kw_only=True)
class LoadedPacks:
    """``loaded``: names of packs. ``failed``: the reason by name."""

    loaded: list[str] = field(default_factory=list[str])
    failed: dict[str, str] = field(default_factory=dict[str, str])


def load_packs(folder: Path) -> LoadedPacks:
    """Import every pack of a folder, by name."""
    packs = LoadedPacks()
    for place in find_packs(folder):
        known = set(InvocationRegistry.nodes)
        reason = _import(place)
        if reason:
            packs.failed[place.name] = reason
            log.error("node pack %s is left out: %s", place.name, reason)
        else:
            packs.loaded.append(place.name)
            added = sorted(set(InvocationRegistry.nodes) - known)
            log.info("node pack %s: %s", place.name, ", ".join(added) or "no new nodes")
    return packs


def find_packs(folder: Path) -> Sequence[Path]:
    """Folders with an ``__init__.py`` whose names don't begin with a dot or an underscore."""
    if not folder.is_dir():
        return ()
    return [
        place
        for place in sorted(folder.iterdir())
        if place.is_dir() and place.name[0] not in "._" and (place / "__init__.py").is_file()
    ]


def _import(place: Path) -> str:
    """Import a pack; the reason if that fails, else empty."""
    if place.name in sys.modules:
        return f"the name is that of another Python module ({place.name})"
    spec = importlib.util.spec_from_file_location(
        place.name, place / "__init__.py", submodule_search_locations=[str(place)]
    )
    if spec is None or spec.loader is None:
        return "it can't be read"
    module = importlib.util.module_from_spec(spec)
    sys.modules[place.name] = module  # before it runs, so that its relative imports work
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        for name in [name for name in sys.modules if name.partition(".")[0] == place.name]:
            del sys.modules[name]
        return _reason(error, place)
    return ""


def _reason(error: BaseException, place: Path) -> str:
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith("invokeai"):
        text = (
            f"it needs the Python module {error.name}, which is not installed (requirements are not either)"
        )
    if _is_former(error):
        text = f"it was written for Invoke 3 and needs a port ({text})"
    return f"{text} ({_where(error, place)})"


def _is_former(error: BaseException) -> bool:
    if not isinstance(error, ImportError):
        return False
    place = error.name or ""
    return place.startswith("invokeai.app") and any(f"'{word}'" in str(error) for word in FORMER_API)


def _where(error: BaseException, place: Path) -> str:
    """The last line of the pack's own files that the error came through."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}, line {error.lineno}"
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(str(place))]
    return f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else str(place / "__init__.py")
