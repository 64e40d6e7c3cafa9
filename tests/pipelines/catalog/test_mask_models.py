"""Weights of networks that make masks are found at their places, and missed by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.catalog.mask_models import grounding_dino_folder, saliency_file, segment_anything_home
from pipelines.contract.errors import MissingWeights
from tests.pipelines.catalog.folders import folders_in


def written(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def layout(root: Path, place: str, kind: str) -> Path:
    return written(root / "models" / place / "config.json", json.dumps({"model_type": kind})).parent


def test_onnx_files_by_name(tmp_path: Path) -> None:
    file = written(tmp_path / "models" / "rembg" / "below" / "U2Net.onnx")
    assert saliency_file(folders_in(tmp_path), "u2net", field="m") == file
    with pytest.raises(MissingWeights, match=r"silueta\.onnx in the folder .*rembg") as missing:
        saliency_file(folders_in(tmp_path), "silueta", field="m")
    assert missing.value.field == "m"


def test_segment_anything_by_size(tmp_path: Path) -> None:
    base = layout(tmp_path, "sam/sam-vit-base", "sam")
    huge = written(tmp_path / "models" / "sam" / "sam_vit_h_4b8939.pth")
    known = folders_in(tmp_path)
    assert segment_anything_home(known, "vit_b", field="m") == base
    assert segment_anything_home(known, "vit_h", field="m") == huge
    assert segment_anything_home(known, "", field="m") == base
    with pytest.raises(MissingWeights, match=r"sam_vit_l_0b3195\.pth in the folder .*sam"):
        segment_anything_home(known, "vit_l", field="m")


def test_grounding_dino_by_what_its_folder_says(tmp_path: Path) -> None:
    with pytest.raises(MissingWeights, match=r"tokenizer\.json.*grounding-dino"):
        grounding_dino_folder(folders_in(tmp_path), field="m")
    layout(tmp_path, "grounding-dino/clip", "clip")
    found = layout(tmp_path, "grounding-dino/tiny", "grounding-dino")
    assert grounding_dino_folder(folders_in(tmp_path), field="m") == found
