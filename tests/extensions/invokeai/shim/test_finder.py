"""The finder gives ``invokeai`` the names of the table, each from where it lives."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module

import pytest

from extensions.invokeai.shim import finder, names
from extensions.invokeai.shim.finder import InvokeFinder, install

TABLE = {
    "made_up.deep.inner": {"Path": "pathlib:Path", "Renamed": "pathlib:PurePath"},
    "made_up.flat": {"lost": "pathlib:no_such_name"},
}


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A table of another package, and its finder."""
    monkeypatch.setattr(finder, "MODULES", TABLE)
    monkeypatch.setattr(sys, "meta_path", [InvokeFinder(), *sys.meta_path])
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] == "made_up"]:
        del sys.modules[name]


@pytest.mark.usefixtures("made_up")
def test_names_come_from_where_they_live() -> None:
    import pathlib

    inner = import_module("made_up.deep.inner")
    assert inner.__all__ == ["Path", "Renamed"] and "Path" not in vars(inner)
    assert (inner.Path, inner.Renamed) == (pathlib.Path, pathlib.PurePath)
    assert vars(inner)["Path"] is pathlib.Path


@pytest.mark.usefixtures("made_up")
def test_modules_and_the_packages_above_them_are_found() -> None:
    inner = import_module("made_up.deep.inner")
    assert import_module("made_up.deep").inner is inner
    with pytest.raises(ModuleNotFoundError):
        import_module("made_up.deep.other")
    with pytest.raises(ModuleNotFoundError, match="not a package"):
        import_module("made_up.flat.below")


@pytest.mark.usefixtures("made_up")
def test_names_that_are_not_in_the_table_are_missing() -> None:
    flat = import_module("made_up.flat")
    with pytest.raises(AttributeError, match=r"'made_up\.flat' has no attribute 'other'"):
        _ = flat.other
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = flat.lost


def test_installing_twice_is_once(monkeypatch: pytest.MonkeyPatch) -> None:
    others = [one for one in sys.meta_path if not isinstance(one, InvokeFinder)]
    monkeypatch.setattr(sys, "meta_path", list(others))
    installed = {f"{names.ROOT}.of_another": object()}
    monkeypatch.setattr(sys, "modules", {**sys.modules, **installed})
    install()
    install()
    assert [isinstance(one, InvokeFinder) for one in sys.meta_path] == [True, *(False for _ in others)]
    assert not installed.keys() & sys.modules.keys()
