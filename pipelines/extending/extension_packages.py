"""Extensions as packages: found in folders, loaded with their tables, left out if they fail.

The project's own lie in ``extensions/``, those of users in ``<data-dir>/extensions``. An extension is a
package with a module ``api`` (for the server), ``dialect`` (for the server, once it answers) or ``engine``
(for engines), and maybe tables of its own in ``kinds`` and ``samplers``.
"""

from __future__ import annotations

import importlib.util
import logging
import traceback
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from types import ModuleType

from pluggy import PluginValidationError

from pipelines.contract.kinds import load_kinds
from pipelines.extending.extension_hooks import FAILURES

log = logging.getLogger(__name__)
PACKAGE = "extensions"
API = "api"
"""The module of what the server must know when it starts: scripts, options, axes."""
DIALECT = "dialect"
"""The module of routes, a dialect's or others: loaded once the server answers, or one is asked for."""
MODULES = (API, DIALECT, "engine")
"""A folder with one of them is meant as an extension."""
BUILT_IN = ("hypertile", "refiner", "seeds", "soft_inpainting", "token_merging")
"""Parts of A1111 itself, loaded in addition to any other extensions."""


def find_extensions(module: str, folders: Iterable[Path]) -> tuple[str, ...]:
    """Return the names of packages that have such a module, each once, folder by folder.

    Folders whose names are no Python names are passed over: an A1111 data folder is full of them.
    """
    found: dict[str, None] = {}
    for folder in folders:
        for file in sorted(folder.glob(f"*/{module}.py")):
            if file.parent.name.isidentifier() and (file.parent / "__init__.py").is_file():
                found.setdefault(file.parent.name)
    return tuple(found)


def with_built_in(names: Iterable[str]) -> tuple[str, ...]:
    """Return the extensions named, then the built-in ones that are not among them."""
    return tuple(dict.fromkeys((*names, *BUILT_IN)))


def add_extensions(folder: Path) -> None:
    """Let packages of another folder be imported as ``extensions.NAME``; the project's own come first.

    Folders in it that would be extensions if they were packages are named in the log.
    """
    places = import_module(PACKAGE).__path__
    if folder.is_dir() and str(folder) not in places:
        places.append(str(folder))
        for name in _no_packages(folder):
            log.warning("extension %s is left out: there is no __init__.py in %s", name, folder / name)


def _no_packages(folder: Path) -> list[str]:
    files = (file for module in MODULES for file in folder.glob(f"*/{module}.py"))
    bare = {file.parent.name for file in files if not (file.parent / "__init__.py").is_file()}
    return sorted(name for name in bare if name.isidentifier())


def server_extensions(folders: Iterable[Path]) -> tuple[str, ...]:
    """Return the packages that add something to the server, those first that must be known at its start."""
    places = tuple(folders)
    return tuple(dict.fromkeys((*find_extensions(API, places), *find_extensions(DIALECT, places))))


def has_module(name: str, module: str) -> bool:
    """True if an extension, whose package is imported for it, has a module. False if that fails."""
    try:
        return importlib.util.find_spec(f"{PACKAGE}.{name}.{module}") is not None
    except FAILURES:  # logged where the extension is loaded
        return False


def load_tables(name: str, *tables: Callable[[str], None]) -> bool:
    """Register an extension's kinds of work, and by ``tables`` the rows of its other modules.

    False, with a line in the log, if that fails.
    """
    try:
        for load in (load_kinds, *tables):
            load(f"{PACKAGE}.{name}")
    except FAILURES as error:
        _leave_out(name, error)
        return False
    return True


def load_extension(
    name: str,
    module: str,
    *tables: Callable[[str], None],
    join: Callable[[ModuleType], None] | None = None,
) -> ModuleType | None:
    """Import a module of an extension, with its tables; ``join`` registers its hooks.

    None, with a line in the log, if that fails.
    """
    if not load_tables(name, *tables):
        return None
    try:
        loaded = import_module(f"{PACKAGE}.{name}.{module}")
        if join is not None:
            join(loaded)
    except FAILURES as error:
        _leave_out(name, error)
        return None
    return loaded


def _leave_out(name: str, error: BaseException) -> None:
    reason = " ".join(f"{type(error).__name__}: {error}".split())
    log.error("extension %s is left out: %s (%s)", name, reason, _place_of(error))


def _place_of(error: BaseException) -> str:
    if isinstance(error, PluginValidationError):
        return str(getattr(error.plugin, "__file__", error.plugin))
    place = traceback.extract_tb(error.__traceback__)[-1]
    return f"{place.filename}, line {place.lineno}"
