"""Extensions are found in both folders, and one that fails is named and left out."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import extensions
from pipelines.extending.extension_packages import (
    add_extensions,
    find_extensions,
    has_module,
    load_extension,
    server_extensions,
)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder's extensions, forgotten afterwards."""
    places = list(extensions.__path__)
    yield tmp_path
    extensions.__path__[:] = places
    for name in [name for name in sys.modules if name.startswith("extensions.from_data")]:
        del sys.modules[name]


def package(folder: Path, name: str, **modules: str) -> None:
    (folder / name).mkdir()
    for module, text in {"__init__": "", **modules}.items():
        (folder / name / f"{module}.py").write_text(text)


def test_packages_are_found_by_their_module(folder: Path) -> None:
    package(folder, "from_data_b", api="")
    package(folder, "from_data_a", api="", engine="")
    package(folder, "sd-webui-controlnet", api="")
    (folder / "no_package").mkdir()
    (folder / "no_package" / "api.py").touch()
    assert find_extensions("api", (folder, folder)) == ("from_data_a", "from_data_b")
    assert find_extensions("engine", (folder,)) == ("from_data_a",)


def test_a_package_of_the_data_folder_is_imported_as_an_extension(folder: Path) -> None:
    package(folder, "from_data_c", api="VALUE = 1")
    add_extensions(folder)
    module = load_extension("from_data_c", "api")
    assert module is not None
    assert module.VALUE == 1
    assert module.__name__ == "extensions.from_data_c.api"


def test_one_that_fails_is_named_with_file_and_line(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    package(folder, "from_data_d", api="x = 1\nimport no_such_library")
    add_extensions(folder)
    with caplog.at_level(logging.ERROR):
        assert load_extension("from_data_d", "api") is None
    assert "extension from_data_d is left out: ModuleNotFoundError" in caplog.text
    assert "from_data_d/api.py, line 2" in caplog.text.replace("\\", "/")


def test_those_of_the_server_that_its_start_needs_come_first(folder: Path) -> None:
    package(folder, "from_data_b", api="")
    package(folder, "from_data_a", dialect="")
    package(folder, "from_data_c", api="", dialect="")
    package(folder, "from_data_d", engine="")
    assert server_extensions((folder,)) == ("from_data_b", "from_data_c", "from_data_a")


def test_a_module_is_looked_for_without_being_run(folder: Path) -> None:
    package(folder, "from_data_e", dialect="1 / 0")
    add_extensions(folder)
    assert has_module("from_data_e", "dialect") and not has_module("from_data_e", "api")
    assert not has_module("from_data_nowhere", "api")
