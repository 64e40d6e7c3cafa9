"""Families own what is theirs: nothing else asks for a family by its name, or looks into its folder."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.families.registry import BUILT_IN
from tests.house.test_rooms import PRODUCT, ROOT, imports_of

NAMES = {family.name for family in BUILT_IN}
HOME = "pipelines/families/"
WORDS = {
    "extensions/invokeai/vocabulary/families.py": "the table from families to InvokeAI's bases",
    "extensions/invokeai/vocabulary/models.py": "InvokeAI's own words",
    "extensions/invokeai/shim/tables.py": "modules of InvokeAI's that are called so",
    "extensions/swarmui/models/architecture.py": "the table from families to SwarmUI's classes",
    "extensions/swarmui/runs/status.py": "a feature that clients of SwarmUI look for",
    "sdapi/cli/commands/gpu_check.py": "a check that is called so",
}
"""Files in which a family's name may stand, and the reason."""
SURFACE = "pipelines/plugin.py"
"""The surface that hands on what extensions may use of single families."""
OTHERS = [path for path in PRODUCT if not path.relative_to(ROOT).as_posix().startswith(HOME)]


def asked_in(text: str) -> Iterator[str]:
    """Find the places that ask for a family by name: the name itself, or a comparison of ``family.name``."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and node.value in NAMES:
            yield f"line {node.lineno}: {node.value!r}"
        elif isinstance(node, ast.Compare):
            yield from (f"line {node.lineno}: family.name" for side in _sides(node) if _is_name(side))


def _sides(node: ast.Compare) -> list[ast.expr]:
    return [node.left, *node.comparators]


def _is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "name" and _last(node.value) == "family"


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


@pytest.mark.parametrize(
    "text",
    ['x = {"sdxl": 1}', 'model.family.name == "other"', "family.name in known", 'name != "sd1"'],
)
def test_asking_is_found(text: str) -> None:
    assert list(asked_in(text))


def test_no_family_is_asked_for_by_name() -> None:
    files = {path.relative_to(ROOT).as_posix(): list(asked_in(path.read_text("utf-8"))) for path in OTHERS}
    assert {name: asked for name, asked in files.items() if asked and name not in WORDS} == {}
    assert [name for name in WORDS if not files.get(name)] == []


def test_nothing_else_looks_into_a_familys_folder() -> None:
    folders = tuple(f"{HOME.replace('/', '.')}{folder.name}" for folder in families())
    found = {
        path.relative_to(ROOT).as_posix()
        for path in OTHERS
        if any(
            name == folder or name.startswith(f"{folder}.")
            for name, _ in imports_of(path)
            for folder in folders
        )
    }
    assert found == {SURFACE}


def families() -> list[Path]:
    """The folders of families: those that an entry of the registry comes from."""
    modules = {type(family).__module__.split(".")[2] for family in BUILT_IN}
    return [ROOT / HOME / name for name in sorted(modules)]
