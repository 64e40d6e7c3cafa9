"""The source keeps the house style: short files and functions, docstrings, nothing out of place."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("sdapi", "pipelines", "extensions", "scripts", "tools", "tests")
MODULES = [ROOT / "launch.py", *(p for folder in FOLDERS for p in sorted((ROOT / folder).rglob("*.py")))]
LONGEST_FUNCTION = 50
LONGEST_FILE = 400
UNWANTED = {
    "a path of one machine": re.compile(r"(?<![\w.])/(?:work|root|Users)/\w"),
    "a package registry": re.compile(r"pypi\.(?:org|python)|python[h]osted|registry\.npm"),
    "a note to do something later": re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b"),
}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_says_what_it_is_for(path: Path) -> None:
    empty_package = path.name == "__init__.py" and not path.read_text(encoding="utf-8").strip()
    assert empty_package or ast.get_docstring(tree_of(path)), "a file starts with a one-sentence docstring"


@pytest.mark.parametrize("path", [p for p in MODULES if "tests" not in p.parts], ids=name_of)
def test_file_and_functions_are_short(path: Path) -> None:
    assert path.read_text(encoding="utf-8").count("\n") <= LONGEST_FILE
    functions = (n for n in ast.walk(tree_of(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    lengths = {f"{f.name} (line {f.lineno})": (f.end_lineno or f.lineno) - f.lineno + 1 for f in functions}
    assert {name: n for name, n in lengths.items() if n > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_nothing_unwanted_in_source(path: Path) -> None:
    assert_clean(path)


@pytest.mark.parametrize(
    "path",
    [
        p
        for pattern in ("*.md", "*.toml", "*.lock", ".ci/*", "docs/**/*.md")
        for p in sorted(ROOT.glob(pattern))
    ],
    ids=name_of,
)
def test_nothing_unwanted_in_texts(path: Path) -> None:
    assert_clean(path)


def assert_clean(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = {what: match.group() for what, pattern in UNWANTED.items() if (match := pattern.search(text))}
    assert found == {}


def imported_names(path: Path) -> set[str]:
    """Top-level packages that a file imports anywhere."""
    names: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_launch_needs_only_the_standard_library() -> None:
    path = ROOT / "launch.py"
    assert imported_names(path) <= sys.stdlib_module_names
    assert path.read_text(encoding="utf-8").count("\n") < 120


@pytest.mark.parametrize("name", ["flags", "flag_types", "flag_table"])
def test_help_needs_only_the_standard_library(name: str) -> None:
    assert imported_names(ROOT / "sdapi" / f"{name}.py") <= sys.stdlib_module_names | {"sdapi"}


def test_lock_names_exact_versions_and_no_addresses() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    packages = [line for line in lines if line[:1].isalnum()]
    assert all(re.match(r"[\w.\[\]-]+==\S+", line) for line in packages)
    assert len(packages) > 100
    assert sum("--hash=sha256:" in line for line in lines) > len(packages)
    assert not [line for line in lines if "://" in line or line.startswith("-")]
