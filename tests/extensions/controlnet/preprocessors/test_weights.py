"""The weight files of preprocessors: found together in folders of folders, or named with their folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from extensions.controlnet.preprocessors.preprocessor import Preprocessor, folder
from extensions.controlnet.preprocessors.table import PREPROCESSORS
from extensions.controlnet.preprocessors.weights import find_below, find_files, words
from extensions.controlnet.units.catalog import list_files
from pipelines.contract.errors import MissingWeights

ROW = Preprocessor(key="row")


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_weights_are_found_in_folders_of_folders(tmp_path: Path) -> None:
    row = PREPROCESSORS["hed"]
    touch(tmp_path / "hed" / "ControlNetHED.pth")
    assert find_files(row, row.files, [tmp_path]) == (tmp_path / "hed" / "ControlNetHED.pth",)


def test_files_of_a_set_lie_together(tmp_path: Path) -> None:
    touch(tmp_path / "a" / "one.pth", tmp_path / "b" / "two.pth")
    with pytest.raises(MissingWeights):
        find_files(ROW, [("one.pth", "two.pth")], [tmp_path])
    touch(tmp_path / "b" / "one.pth")
    pair = (tmp_path / "b" / "one.pth", tmp_path / "b" / "two.pth")
    assert find_files(ROW, [("one.pth", "two.pth")], [tmp_path]) == pair


def test_the_first_set_and_the_first_folder_win(tmp_path: Path) -> None:
    touch(tmp_path / "y" / "old.pth", tmp_path / "y" / "new.pth", tmp_path / "x" / "new.pth")
    folders = [tmp_path / "x", tmp_path / "y"]
    assert find_files(ROW, [("old.pth",), ("new.pth",)], folders) == (tmp_path / "y" / "old.pth",)
    assert find_files(ROW, [("new.pth",), ("old.pth",)], folders) == (tmp_path / "x" / "new.pth",)


def test_missing_sets_are_named_with_their_folders(tmp_path: Path) -> None:
    choices = [("one.pth", "two.pth"), folder("net")]
    with pytest.raises(MissingWeights) as caught:
        find_files(ROW, choices, [tmp_path / "models" / "Preprocessors"])
    assert caught.value.field == "module"
    assert caught.value.message == (
        "preprocessor row needs one.pth, two.pth or a folder net with config.json, model.safetensors "
        "in models/Preprocessors"
    )
    with pytest.raises(MissingWeights, match="in the preprocessors' folder"):
        find_files(ROW, choices, [])


def test_links_to_folders_are_followed(tmp_path: Path) -> None:
    elsewhere, place = tmp_path / "elsewhere" / "models", tmp_path / "annotators"
    elsewhere.mkdir(parents=True)
    place.mkdir()
    (elsewhere / "one.pth").touch()
    (place / "linked").symlink_to(elsewhere.parent)
    assert find_below(place, "one.pth") == find_below(place, "models/one.pth") != []
    assert find_below(place, "others/one.pth") == []
    (control,) = list_files([place])
    assert control.stem == "one"


def test_words_name_files_or_a_folder() -> None:
    assert words(["a.pth", "b.pth"]) == "a.pth, b.pth"
    assert words(folder("net")) == "a folder net with config.json, model.safetensors"
