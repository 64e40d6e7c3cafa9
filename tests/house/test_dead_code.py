"""What the product defines is used by the product: a name that stands at its definition alone is dead."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("sdapi", "pipelines", "extensions", "scripts")
PRODUCT = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
USERS = [*PRODUCT, *sorted((ROOT / "tools").rglob("*.py")), ROOT / "launch.py"]
KEPT: frozenset[str] = frozenset()
"""Names that something outside of the tree uses. The list may only shrink."""


def defined(path: Path) -> Iterator[str]:
    """Names that a module defines; what is decorated is somebody's by that."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not node.decorator_list:
                yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def test_every_name_is_used() -> None:
    words = Counter[str]()
    for path in USERS:
        words.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    dead = {str(p.relative_to(ROOT)): name for p in PRODUCT for name in defined(p) if words[name] == 1}
    assert {path: name for path, name in dead.items() if name not in KEPT} == {}
