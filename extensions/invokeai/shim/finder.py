"""Make ``import invokeai...`` work in an engine: modules that take their names from ours when first asked."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from extensions.invokeai.shim.names import MODULES, ROOT


class NamesLoader(Loader):
    """Loader that gives a module of the table its names."""

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Leave it to Python to create the module."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Bind the module's ``__getattr__`` and ``__all__``."""
        homes = MODULES.get(module.__name__, {})

        def find(name: str) -> Any:
            if name not in homes:
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            place, _, other = homes[name].partition(":")
            value = getattr(import_module(place), other or name)
            setattr(module, name, value)
            return value

        module.__dict__.update({"__all__": list(homes), "__getattr__": find})


class InvokeFinder(MetaPathFinder):
    """Finder of the modules of the table and the packages above them."""

    def __init__(self) -> None:
        self._packages = {
            ".".join(name.split(".")[:depth]) for name in MODULES for depth in range(1, name.count(".") + 1)
        }

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Describe how to load the module of that name, if it is in the table or above one that is."""
        if fullname not in MODULES and fullname not in self._packages:
            return None
        return ModuleSpec(fullname, NamesLoader(), is_package=fullname in self._packages)


def install() -> None:
    """Put our ``invokeai`` before any that is installed; a second call changes nothing."""
    if not any(isinstance(finder, InvokeFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, InvokeFinder())
        for name in [name for name in sys.modules if name.partition(".")[0] == ROOT]:
            del sys.modules[name]
