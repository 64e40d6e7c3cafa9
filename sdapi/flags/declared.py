"""Flags that extensions declare: rows ``FLAGS`` of the module ``flags`` in their packages."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from sdapi.flags.flag import Flag

ROOT = Path(__file__).resolve().parents[2]


def extension_flags() -> dict[str, tuple[Flag, ...]]:
    """Rows by extension; those in a data folder have none, as its place is known only from flags."""
    names = sorted(file.parent.name for file in ROOT.glob("extensions/*/flags.py"))
    return {name: tuple(import_module(f"extensions.{name}.flags").FLAGS) for name in names}
