"""Models in folders of transformers' layout."""

from __future__ import annotations

from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file
from transformers import SamModel

from extensions.controlnet.maps.detectors.transformers_folder import load_folder
from pipelines.contract.errors import CorruptFile
from tests.pipelines.postprocess.segment.small_networks import save_sam


def test_what_is_damaged_or_not_complete_is_refused(tmp_path: Path) -> None:
    folder = save_sam(tmp_path / "tiny")
    assert not load_folder(SamModel, folder).training
    weights = folder / "model.safetensors"
    tensors = load_file(weights)
    save_file(
        {name: tensor for name, tensor in tensors.items() if "iou_token" not in name},
        weights,
        {"format": "pt"},
    )
    with pytest.raises(CorruptFile, match="lacks 1 tensors"):
        load_folder(SamModel, folder)
    weights.write_bytes(b"\0" * 40)
    with pytest.raises(CorruptFile, match="tiny can't be loaded"):
        load_folder(SamModel, folder)
