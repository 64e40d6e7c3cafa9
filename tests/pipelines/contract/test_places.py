"""Paths that somebody sends stay below the server's folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.places import Places, place_below


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "outputs").mkdir(parents=True)
    (folder / "outputs" / "a.png").touch()
    (folder / "config.json").touch()
    (folder / "outputs" / "away").symlink_to(tmp_path)
    (folder / "outputs" / "circle").symlink_to(folder / "outputs" / "circle")
    return folder


@pytest.mark.parametrize("text", ["outputs", "outputs/x/y", "./outputs/../outputs/z", "log/images", ""])
def test_folders_for_pictures(data: Path, text: str) -> None:
    assert Places.of(data).output_folder(text).is_relative_to(data)


@pytest.mark.parametrize(
    "text",
    [
        *("/", "/tmp", "..", ".", "outputs/../..", "../data2", "config.json", "models", "scripts", "log"),
        *("jobs.sqlite", "config.json/x", "outputs/away", "outputs/away/x", "outputs/circle/x"),
        *("outputs/a.png", "outputs/a.png/x", "a\0b", "outputs/" + "x" * 5000, "\ud800", "outputs2"),
    ],
)
def test_other_folders_are_refused(data: Path, text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        Places.of(data).output_folder(text, field="outdir_save")
    assert caught.value.field == "outdir_save"


def test_the_command_line_allows_more(data: Path, tmp_path: Path) -> None:
    places = Places.of(data, allowed=(tmp_path / "disk",))
    assert places.output_folder(str(tmp_path / "disk" / "x")) == tmp_path / "disk" / "x"
    with pytest.raises(InvalidRequest, match="--allow-outdir"):
        places.output_folder(str(tmp_path / "disk2"))


def test_a_linked_root_is_the_operators_own(data: Path, tmp_path: Path) -> None:
    (tmp_path / "big").mkdir()
    (data / "log").mkdir()
    (data / "log" / "images").symlink_to(tmp_path / "big")
    assert Places.of(data).output_folder("log/images/x") == tmp_path / "big" / "x"


def test_places_to_read(data: Path, tmp_path: Path) -> None:
    places = Places.of(data, models=(tmp_path / "models",))
    for text in ("fonts/x.ttf", str(tmp_path / "models" / "ControlNet")):
        places.readable_place(text)
    for text in ("/etc", "../x", str(tmp_path), "outputs/away"):
        with pytest.raises(InvalidRequest):
            places.readable_place(text)


def test_a_name_that_only_begins_alike_is_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="the file leads out"):
        place_below("../ab", (tmp_path / "a",), base=tmp_path / "a", what="the file", field=None)
