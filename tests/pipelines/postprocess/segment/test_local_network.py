"""Networks from folders in transformers' layout."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import SamModel

from pipelines.contract.errors import CorruptFile
from pipelines.postprocess.segment.local_network import LONGEST, PICKLE, SHORTEST, input_edges, local_network

WEIGHTS = "model.safetensors"


@pytest.fixture
def folder(sam_folder: Path, tmp_path: Path) -> Path:
    place = tmp_path / "sam-vit-base"
    shutil.copytree(sam_folder, place)
    return place


def test_pickles_are_read_without_running_them(folder: Path) -> None:
    tensors = load_file(folder / WEIGHTS)
    whole = local_network(SamModel, folder, field="m").state_dict()
    (folder / WEIGHTS).unlink()
    torch.save(tensors, folder / PICKLE)
    again = local_network(SamModel, folder, field="m").state_dict()
    assert all(torch.equal(whole[name], again[name]) for name in whole)
    torch.save({"a": print}, folder / PICKLE)
    with pytest.raises(CorruptFile):
        local_network(SamModel, folder, field="m")


def test_what_is_damaged_is_refused(folder: Path) -> None:
    assert not local_network(SamModel, folder, field="m").training
    (folder / WEIGHTS).write_bytes(b"\0" * 40)
    with pytest.raises(CorruptFile, match="sam-vit-base can't be loaded"):
        local_network(SamModel, folder, field="m")


def test_what_lacks_tensors_is_refused(folder: Path) -> None:
    tensors = load_file(folder / WEIGHTS)
    del tensors["mask_decoder.iou_token.weight"]
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})
    with pytest.raises(CorruptFile, match="lacks 1 tensors: mask_decoder") as refused:
        local_network(SamModel, folder, field="m")
    assert refused.value.field == "m"


def test_the_input_size_is_the_folders_or_the_usual_one(tmp_path: Path) -> None:
    assert input_edges(tmp_path) == (SHORTEST, LONGEST)
    for unsound in ("[]", '{"size": {"shortest_edge": 640, "longest_edge": 100000}}'):
        (tmp_path / "preprocessor_config.json").write_text(unsound)
        assert input_edges(tmp_path) == (SHORTEST, LONGEST)
    (tmp_path / "preprocessor_config.json").write_text(
        '{"size": {"shortest_edge": 640, "longest_edge": 2560}}'
    )
    assert input_edges(tmp_path) == (640, 2560)
