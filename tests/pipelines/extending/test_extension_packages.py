"""Extensions are found in both folders, and one that fails is named and left out."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.extending.extension_packages import (
    add_extensions,
    find_extensions,
    has_module,
    load_extension,
    server_extensions,
)
from tests.data_extensions import forgotten, package


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A data folder's extensions, forgotten afterwards."""
    with forgotten():
        yield tmp_path


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


@pytest.mark.parametrize("at", ["__init__", "api", "kinds"])
def test_one_that_exits_is_left_out_too(folder: Path, caplog: pytest.LogCaptureFixture, at: str) -> None:
    package(folder, "from_data_f", **{"api": "", at: "raise SystemExit(3)"})
    add_extensions(folder)
    assert load_extension("from_data_f", "api") is None
    assert "extension from_data_f is left out: SystemExit: 3" in caplog.text
    assert has_module("from_data_f", "api") is (at != "__init__")


def test_one_that_cannot_join_is_left_out(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    def refuse(module: object) -> None:
        raise ValueError("not\nthat one")

    package(folder, "from_data_g", api="")
    add_extensions(folder)
    assert load_extension("from_data_g", "api", join=refuse) is None
    assert "extension from_data_g is left out: ValueError: not that one" in caplog.text


def test_a_folder_that_is_no_package_is_named(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    package(folder, "from_data_h", api="", engine="")
    package(folder, "from_data_i", engine="", api="")
    (folder / "from_data_i" / "__init__.py").unlink()
    package(folder, "notes_of_mine", readme="")
    (folder / "notes_of_mine" / "__init__.py").unlink()
    package(folder, "sd-webui-other", api="")
    (folder / "sd-webui-other" / "__init__.py").unlink()
    add_extensions(folder)
    (line,) = caplog.messages
    place = folder / "from_data_i"
    assert line == f"extension from_data_i is left out: there is no __init__.py in {place}"
