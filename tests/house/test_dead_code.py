"""The product uses all that it defines: a name that stands at its definition alone is dead."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pipelines.contract.options import UNREAD

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("sdapi", "pipelines", "extensions", "scripts")
PRODUCT = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
USERS = [*PRODUCT, *sorted((ROOT / "tools").rglob("*.py")), ROOT / "launch.py"]
FOR_NODE_PACKS = ("context", "invocation", "models", "shim")
"""Rooms of InvokeAI's extension whose classes have the members that node packs call."""
KEPT = {
    "answer_messages": "for dialects with WebSockets, on the plugin surface",
    "CompelTokenizer.convert_ids_to_tokens": "compel calls it",
    "Churn.s_churn": "read by its name, as the option of that name is",
    "Churn.s_noise": "likewise",
    "Churn.s_tmax": "likewise",
    "Churn.s_tmin": "likewise",
    "ImageFilter.starred": "read by its name, as a column",
    "Predictions.uncond": "for hooks of extensions",
    "WeightShelf.contents": "tests see by it what is kept",
}
"""Names and members that no line of the product reads, and why they are there. The list may only shrink."""
PLAIN = frozenset({"property", "classmethod", "staticmethod", "contextmanager", "cached_property"})
"""Decorators that leave a method to be called by its name."""


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def defined(path: Path) -> Iterator[str]:
    """Names that a module defines; what is decorated is somebody's by that."""
    for node in parsed(path).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not node.decorator_list:
                yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def named(node: ast.expr) -> str:
    """The last name of ``a.b(c)`` or ``a.b[c]``: b."""
    if isinstance(node, ast.Call):
        return named(node.func)
    if isinstance(node, ast.Subscript):
        return named(node.value)
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def classes() -> dict[str, ast.ClassDef]:
    """Every class of the product that node packs don't use."""
    own = [p for p in PRODUCT if p.parent not in [ROOT / "extensions/invokeai" / r for r in FOR_NODE_PACKS]]
    return {node.name: node for p in own for node in ast.walk(parsed(p)) if isinstance(node, ast.ClassDef)}


def is_ours(name: str, known: dict[str, ast.ClassDef]) -> bool:
    """True if no library names the members of a class."""
    bases = [named(base) for base in known[name].bases] if name in known else []
    return name in {"Protocol", "Generic", "NamedTuple"} or (
        name in known and all(base != name and is_ours(base, known) for base in bases)
    )


def walked() -> set[str]:
    """Dataclasses all of whose fields are read, by ``fields(...)`` or ``__dataclass_fields__``."""
    found: set[str] = set()
    for node in (node for path in USERS for node in ast.walk(parsed(path))):
        if isinstance(node, ast.Call) and named(node) == "fields" and node.args:
            found.add(named(node.args[0]))
        elif isinstance(node, ast.Attribute) and node.attr == "__dataclass_fields__":
            found.add(named(node.value))
    return found


def members(node: ast.ClassDef, walked: set[str]) -> Iterator[str]:
    """Methods, and fields of data; those of a dataclass that is walked are read."""
    marks = {named(mark) for mark in node.decorator_list}
    has_fields = "dataclass" in marks and node.name not in walked
    for item in node.body:
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
            if {named(mark) for mark in item.decorator_list} <= PLAIN and not item.name.startswith("__"):
                yield item.name
        elif isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name) and has_fields:
            yield item.target.id


def unread() -> set[str]:
    """Members, as ``Class.member``, that no expression reads of anything."""
    read = {
        node.attr
        for path in USERS
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    known, whole = classes(), walked()
    ours = [node for name, node in known.items() if is_ours(name, known)]
    told = read | UNREAD  # options without effect, of which a request is warned
    return {f"{node.name}.{m}" for node in ours for m in members(node, whole) if m not in told}


def used(path: Path) -> Iterator[str]:
    """Names that a module reads, imports for itself, or writes in a text other than a docstring."""
    tree = parsed(path)
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias) and node.asname != node.name:
            yield node.name
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield from re.findall(r"\w+", node.value)


def test_every_name_is_used() -> None:
    known = {name for path in USERS for name in used(path)}
    dead = {name for path in PRODUCT for name in defined(path) if name not in known}
    assert dead == {name for name in KEPT if "." not in name}


def test_every_member_is_read() -> None:
    assert unread() == {name for name in KEPT if "." in name}
