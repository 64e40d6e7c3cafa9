"""The building stays readable: no package cycles, no crowded folders, no name of a type used twice."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("sdapi", "pipelines", "extensions", "scripts")
PRODUCT = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
MOST_MODULES = 26
LOOSE = {"__init__", "__main__", "plugin", "app", "api", "dialect", "flags", "engine", "kinds"}


def imported(path: Path) -> Iterator[str]:
    """Names of the modules that a file imports, those for types only included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_used(base: str) -> Mapping[str, set[str]]:
    """Which rooms of a package each of its rooms imports; a loose module is a room of its own."""
    inside = (ROOT / base).resolve()
    rooms = {path.stem for path in inside.iterdir() if path.is_dir() or path.suffix == ".py"}
    prefix = base.replace("/", ".") + "."
    used: dict[str, set[str]] = defaultdict(set)
    for path in inside.rglob("*.py"):
        room = path.relative_to(inside).parts[0].removesuffix(".py")
        targets = {
            name.removeprefix(prefix).partition(".")[0] for name in imported(path) if name.startswith(prefix)
        }
        used[room] |= (targets & rooms) - {room}
    return used


def cycle_of(used: Mapping[str, set[str]]) -> list[str]:
    """Rooms that import each other in a circle, after every room that is in none was taken away."""
    left = {room: set(targets) for room, targets in used.items()}
    while free := {room for room, targets in left.items() if not targets & set(left)}:
        left = {room: targets for room, targets in left.items() if room not in free}
    return sorted(left)


def test_a_cycle_is_found() -> None:
    assert cycle_of({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": set()}) == ["a", "b", "c"]
    assert cycle_of({"a": {"b"}, "b": {"c"}, "c": set()}) == []


@pytest.mark.parametrize(
    "base",
    [
        "pipelines",
        "sdapi",
        *(f"extensions/{name}" for name in ("adetailer", "controlnet", "invokeai", "swarmui")),
    ],
)
def test_no_room_imports_what_imports_it(base: str) -> None:
    assert cycle_of(rooms_used(base)) == []


@pytest.mark.parametrize(
    ("base", "most"),
    [
        ("pipelines", 0),
        ("sdapi", 0),
        ("extensions/controlnet", 5),
        ("extensions/invokeai", 0),
        ("extensions/swarmui", 0),
    ],
)
def test_modules_live_in_rooms(base: str, most: int) -> None:
    loose = sorted(path.stem for path in (ROOT / base).glob("*.py") if path.stem not in LOOSE)
    assert len(loose) <= most, loose


def test_no_folder_is_a_crowd() -> None:
    count: dict[Path, int] = defaultdict(int)
    for path in PRODUCT:
        count[path.parent] += 1
    assert {str(folder): n for folder, n in count.items() if n > MOST_MODULES} == {}


def named_types(path: Path) -> Iterator[str]:
    """Classes and type aliases that a module offers."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
            yield ast.unparse(node.target)


def test_a_type_name_is_used_once() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for path in PRODUCT:
        for name in named_types(path):
            if not name.startswith("_"):
                homes[name].append(str(path.relative_to(ROOT)))
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}


def test_every_package_says_what_it_holds() -> None:
    folders = {path.parent for path in PRODUCT} - {ROOT / "scripts"}
    silent = [str(folder.relative_to(ROOT)) for folder in folders if not says(folder / "__init__.py")]
    assert silent == []


def says(path: Path) -> bool:
    """Whether a file is there and begins with a docstring."""
    return path.exists() and ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is not None
