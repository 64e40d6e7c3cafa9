"""Find which options code reads: by attribute, or by a text that names them."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

SETTERS = ("options.py", "axes.py", "api.py")
"""Files whose texts name options without reading them."""


def read_names(root: Path, folders: Iterable[str]) -> set[str]:
    """Names that code in these folders reads of something, and those that it asks for by text."""
    names: set[str] = set()
    for folder in folders:
        for path in (root / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                    names.add(node.attr)
                elif isinstance(node, ast.Constant) and path.name not in SETTERS:
                    names.update(str(node.value).split())
    return names
