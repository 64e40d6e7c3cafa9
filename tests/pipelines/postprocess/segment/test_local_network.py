"""Networks from folders in transformers' layout."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import SamModel

from pipelines.contract.errors import CorruptFile
from pipelines.postprocess.segment.local_network import PICKLE, local_network

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


def test_what_lacks_tensors_is_refused(folder: Path) -> None:
    tensors = load_file(folder / WEIGHTS)
    del tensors["mask_decoder.iou_token.weight"]
    save_file(tensors, folder / WEIGHTS, metadata={"format": "pt"})
    with pytest.raises(CorruptFile, match="lacks 1 tensors: mask_decoder") as refused:
        local_network(SamModel, folder, field="m")
    assert refused.value.field == "m"
