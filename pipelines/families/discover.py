"""Families that are added to an installation: every package in a folder brings its own."""

from __future__ import annotations

import importlib.util
import logging
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from pipelines.families.base import Family

PARENT = "added_families"
log = logging.getLogger(__name__)


def discover_families(folder: Path) -> tuple[Family, ...]:
    """Return the families that packages in ``folder`` bind to the name ``FAMILIES``, by order of packages.

    A package that fails is named in the log and skipped.
    """
    found: list[Family] = []
    for package in sorted(folder.glob("*/__init__.py")):
        try:
            found += _families_of(package)
        except Exception as error:
            log.warning("family %s can't be read: %s: %s", package.parent.name, type(error).__name__, error)
    return tuple(found)


def _families_of(package: Path) -> Iterable[Family]:
    module = _load(package)
    families: Any = getattr(module, "FAMILIES", None)
    if not isinstance(families, tuple):
        raise TypeError(f"it binds no tuple to FAMILIES, but {type(families).__name__}")
    return cast("tuple[Family, ...]", families)


def _load(package: Path) -> ModuleType:
    # a package of ours as parent, so that the added one can import its own modules
    sys.modules.setdefault(PARENT, ModuleType(PARENT)).__path__ = []
    name = f"{PARENT}.{package.parent.name}"
    spec = importlib.util.spec_from_file_location(
        name, package, submodule_search_locations=[str(package.parent)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{package} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
