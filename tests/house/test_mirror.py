"""A module has a test of its name at its place, or stands on a list that may only shrink."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("sdapi", "pipelines", "extensions", "scripts")
LIST = Path(__file__).with_name("untested.txt")
"""Modules whose behaviour is tested under other names, or that have no behaviour."""
AT_MOST = 116
"""Lines that the list may have: to be lowered with it, never raised."""


def place_of_test(module: Path) -> Path:
    """Return the path of a module's test, both below the project's folder."""
    return Path("tests", *module.parts[:-1], f"test_{module.name}")


def is_flag_table(module: Path) -> bool:
    """True if it holds an extension's flags: rows that ``tests/sdapi/flags/test_declared.py`` walks."""
    return module.parts[0] == "extensions" and module.name == "flags.py"


def without_test() -> set[str]:
    """Every module without a test of its name."""
    modules = (path.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    named = (module for module in modules if module.name != "__init__.py" and not is_flag_table(module))
    return {module.as_posix() for module in named if not (ROOT / place_of_test(module)).exists()}


def test_a_new_module_comes_with_a_test() -> None:
    assert without_test() - set(LIST.read_text(encoding="utf-8").split()) == set()


def test_what_has_a_test_or_is_gone_leaves_the_list() -> None:
    assert set(LIST.read_text(encoding="utf-8").split()) - without_test() == set()


def test_the_list_grows_no_longer() -> None:
    assert len(LIST.read_text(encoding="utf-8").splitlines()) <= AT_MOST


def test_the_list_is_in_order() -> None:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    assert lines == sorted(set(lines))
