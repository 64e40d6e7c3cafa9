"""The building stays readable: no circles of packages, no crowded folders, no name of a type used twice."""

from __future__ import annotations

import ast
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("sdapi", "pipelines", "extensions", "scripts")
PRODUCT = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
MOST_MODULES = 26
LOOSE = {"__init__", "__main__", "plugin", "app", "api", "dialect", "flags", "engine", "kinds"}
MOST_LOOSE = {
    "extensions/adetailer": 1,
    "extensions/controlnet": 3,
    "extensions/dynamic_prompts": 5,
    "extensions/fooocus": 2,
}


def packages() -> list[str]:
    """Every package of the product, ``a/b``."""
    return sorted({path.parent.relative_to(ROOT).as_posix() for path in PRODUCT})


def folders_in(base: str) -> set[str]:
    """The packages that lie directly in one."""
    return {place.rpartition("/")[2] for place in packages() if place.rpartition("/")[0] == base}


@cache
def imports_of(path: Path) -> tuple[tuple[str, bool], ...]:
    """Names that a file imports, and whether reading it imports them: not for types, not in a function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    at_once = {id(node) for node in tree.body}
    found: list[tuple[str, bool]] = []
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        found += [(name, id(node) in at_once) for name in names]
    return tuple(found)


def rooms_used(base: str, *, at_once: bool = False) -> Mapping[str, set[str]]:
    """Return the rooms of a package that each of its rooms imports; a loose module is a room by itself.

    ``at_once``: only by imports that are carried out when a module is read.
    """
    inside = ROOT / base
    rooms = folders_in(base) | {path.stem for path in inside.glob("*.py")}
    prefix = base.replace("/", ".") + "."
    used: dict[str, set[str]] = {}
    for path in (path for path in PRODUCT if path.is_relative_to(inside)):
        room = path.relative_to(inside).parts[0].removesuffix(".py")
        names = (name for name, now in imports_of(path) if now or not at_once)
        targets = {name.removeprefix(prefix).partition(".")[0] for name in names if name.startswith(prefix)}
        used[room] = used.get(room, set()) | ((targets & rooms) - {room})
    return used


def circles_of(used: Mapping[str, set[str]]) -> list[list[str]]:
    """The groups of rooms in which each uses each, be it by way of others."""
    reached = {room: reached_from(room, used) for room in used}
    groups = {
        tuple(sorted(other for other in reached[room] if room in reached.get(other, ())))
        for room in used
        if room in reached[room]
    }
    return [list(group) for group in sorted(groups)]


def reached_from(room: str, used: Mapping[str, set[str]]) -> set[str]:
    """Every room that one uses, be it by way of others."""
    found: set[str] = set()
    left = [room]
    while left:
        fresh = used.get(left.pop(), set()) - found
        found |= fresh
        left += fresh
    return found


def test_a_circle_is_found() -> None:
    assert circles_of({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}) == [["b", "c"]]
    assert circles_of({"a": {"b"}, "b": {"a"}, "c": {"d"}, "d": {"c"}}) == [["a", "b"], ["c", "d"]]
    assert circles_of({"a": {"b"}, "b": {"c"}, "c": set()}) == []


def test_imports_are_told_apart_by_when_they_are_carried_out(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text("import a\nif TYPE_CHECKING:\n    import b\ndef f():\n    from c import d\n")
    assert dict(imports_of(file)) == {"a": True, "b": False, "c": False, "c.d": False}


def test_every_package_is_looked_at() -> None:
    assert {"sdapi/dialects/a1111", "pipelines/generation", "extensions/fooocus"} <= set(packages())
    assert folders_in("pipelines/generation") == {"enlarge", "finishing", "start"}
    assert "start" in rooms_used("pipelines/generation")["generate"]
    assert rooms_used("pipelines/generation")["job"] > rooms_used("pipelines/generation", at_once=True)["job"]


TOP = (
    *("pipelines", "sdapi"),
    *(f"extensions/{name}" for name in sorted(folders_in("extensions")) if folders_in(f"extensions/{name}")),
)
"""Buildings in which the order of the rooms is a contract."""


@pytest.mark.parametrize("base", [base for base in packages() if folders_in(base)])
def test_no_folder_imports_what_imports_it(base: str) -> None:
    """For types neither. Below the top, loose modules beside each other may need each other for types."""
    folders = set(rooms_used(base)) if base in TOP else folders_in(base)
    assert [circle for circle in circles_of(rooms_used(base)) if folders & set(circle)] == []


@pytest.mark.parametrize("base", packages())
def test_no_module_is_read_while_it_is_being_read(base: str) -> None:
    assert circles_of(rooms_used(base, at_once=True)) == []


@pytest.mark.parametrize("base", TOP)
def test_modules_live_in_rooms(base: str) -> None:
    loose = sorted(path.stem for path in (ROOT / base).glob("*.py") if path.stem not in LOOSE)
    assert len(loose) <= MOST_LOOSE.get(base, 0), loose


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
    """True if a file exists and begins with a docstring."""
    return path.exists() and ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) is not None


def test_extensions_may_import_no_room_past_the_plugin_surface() -> None:
    """A room that the contract of extensions and scripts forgets is open to them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    (surface,) = [
        one for one in contracts if one["type"] == "forbidden" and "scripts" in one["source_modules"]
    ]
    rooms = {
        f"{base}.{path.stem}"
        for base in ("pipelines", "sdapi")
        for path in (ROOT / base).iterdir()
        if path.suffix == ".py" or (path / "__init__.py").is_file()
    }
    open_to_all = {name for name in rooms if name.endswith((".__init__", ".__main__", ".plugin"))}
    assert set(surface["forbidden_modules"]) == rooms - open_to_all
