"""Export names that are imported on first use.

A module that gathers names from many others writes plain imports under ``if TYPE_CHECKING``, for readers and
type checkers, and binds what ``lazy_exports`` answers to ``__getattr__`` (PEP 562).
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from importlib import import_module
from pathlib import Path


def exported(source: Path) -> dict[str, str]:
    """Return the names that a file imports under ``if TYPE_CHECKING``, with the modules that define them."""
    names: dict[str, str] = {}
    for node in ast.parse(source.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for line in node.body:
                if isinstance(line, ast.ImportFrom) and line.module:
                    names |= {alias.asname or alias.name: line.module for alias in line.names}
    return names


def lazy_exports(file: str) -> Callable[[str], object]:
    """Make a module's ``__getattr__``, which imports a name from its home. ``file``: its ``__file__``."""
    homes = exported(Path(file))

    def find(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"{Path(file).stem} has no {name!r}")
        module = import_module(homes[name])
        return getattr(module, name) if hasattr(module, name) else import_module(f"{homes[name]}.{name}")

    return find
