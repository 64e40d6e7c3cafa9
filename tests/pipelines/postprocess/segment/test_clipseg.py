"""Things that words name are found by a small CLIPSeg of a local folder, and by nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from safetensors.torch import load_file, save_file

from pipelines.contract.errors import CorruptFile, MissingWeights
from pipelines.memory.weight_shelf import WeightShelf
from pipelines.postprocess.segment.clipseg import WordFinder, clipseg_folder, word_finder
from tests.pipelines.postprocess.segment.small_clipseg import save_clipseg

CPU = torch.device("cpu")


def drawing(width: int = 60, height: int = 40) -> Image.Image:
    picture = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(picture).rectangle((0, 0, width // 2, height // 2), fill="red")
    return picture


@pytest.fixture(scope="module")
def finder(tmp_path_factory: pytest.TempPathFactory) -> WordFinder:
    return WordFinder.load(save_clipseg(tmp_path_factory.mktemp("clipseg")), CPU)


def test_each_pixel_has_its_share(finder: WordFinder) -> None:
    found = finder(drawing(), "red square")
    assert found.shape == (40, 60)
    assert found.dtype == np.float32
    assert 0 <= found.min() < found.max() <= 1


def test_words_and_places_make_the_difference(finder: WordFinder) -> None:
    red, again = finder(drawing(), "red square"), finder(drawing(), "red square")
    assert np.array_equal(red, again)
    assert np.abs(red - finder(drawing(), "blue face")).max() > 0.01
    assert np.abs(red - finder(drawing().rotate(180), "red square")).max() > 0.01


def test_long_texts_are_cut(finder: WordFinder) -> None:
    assert finder(drawing(), "a red square " * 40).shape == (40, 60)


@pytest.mark.parametrize("below", ["", "clipseg-rd64-refined-fp16-safetensors"])
def test_the_folder_is_found_in_its_place_or_below(tmp_path: Path, below: str) -> None:
    folder = tmp_path / "clipseg" / below
    folder.mkdir(parents=True)
    (folder / "config.json").write_text('{"model_type": "clipseg"}')
    (folder / "model.safetensors").touch()
    assert clipseg_folder(tmp_path) == folder


@pytest.mark.parametrize("files", [(), ("config.json",), ("config.json", "pytorch_model.bin")])
def test_what_lacks_is_told_with_its_place(tmp_path: Path, files: tuple[str, ...]) -> None:
    (tmp_path / "clipseg").mkdir()
    for name in files:
        (tmp_path / "clipseg" / name).write_text('{"model_type": "clipseg"}')
    with pytest.raises(MissingWeights, match=r"model\.safetensors") as caught:
        clipseg_folder(tmp_path, "prompt")
    assert str(tmp_path / "clipseg") in caught.value.message
    assert caught.value.field == "prompt"


@pytest.mark.parametrize("file", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_damaged_folder_is_refused(tmp_path: Path, file: str) -> None:
    folder = save_clipseg(tmp_path / "clipseg")
    (folder / file).write_bytes(b"\x10\x00\x00\x00\x00\x00\x00\x00not what it should be")
    with pytest.raises(CorruptFile, match=r"clipseg|model\.safetensors"):
        WordFinder.load(folder, CPU)


def test_all_who_ask_share_one(tmp_path: Path) -> None:
    folder, shelf = save_clipseg(tmp_path / "clipseg"), WeightShelf()
    first = word_finder(tmp_path, CPU, shelf, "a")
    assert word_finder(tmp_path, CPU, shelf, "b") is first
    weights = folder / "model.safetensors"
    os.utime(weights, (1, 1))
    assert word_finder(tmp_path, CPU, shelf, "a") is not first
    assert len(shelf.contents) == 1


def test_a_file_that_lacks_tensors_is_refused(tmp_path: Path) -> None:
    weights = save_clipseg(tmp_path / "clipseg") / "model.safetensors"
    tensors = load_file(weights)
    tensors.pop(next(name for name in tensors if name.startswith("decoder.")))
    save_file(tensors, weights)
    with pytest.raises(CorruptFile, match="lacks 1 tensors: decoder"):
        WordFinder.load(weights.parent, CPU)
