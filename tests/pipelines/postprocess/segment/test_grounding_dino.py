"""Words to boxes, with a tiny random network."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image
from transformers import (
    GroundingDinoForObjectDetection,
    GroundingDinoImageProcessorPil,
    GroundingDinoProcessor,
)

from pipelines.contract.errors import CorruptFile
from pipelines.postprocess.segment.grounding_dino import GroundingDino, caption, corners, fitting
from tests.pipelines.postprocess.segment.small_networks import EDGES, tokenizer

CPU = torch.device("cpu")
PICTURE = Image.radial_gradient("L").convert("RGB").resize((100, 60))


@pytest.fixture(scope="module")
def network(dino_folder: Path) -> GroundingDino:
    return GroundingDino(dino_folder, CPU, field="mask_model")


def test_boxes_are_in_the_picture_surest_first(network: GroundingDino) -> None:
    found = network.find(PICTURE, "a face. cat", box_threshold=0.0)
    assert len(found) == 10
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    for one in found:
        left, top, right, bottom = one.box
        assert 0 <= left <= right <= 100 and 0 <= top <= bottom <= 60


def test_thresholds(network: GroundingDino) -> None:
    everything = network.find(PICTURE, "cat", box_threshold=0.0, text_threshold=0.0)
    middle = everything[4].score
    assert len(network.find(PICTURE, "cat", box_threshold=middle)) == 4
    assert network.find(PICTURE, "cat", box_threshold=1.0) == []
    assert everything[0].words == "cat"
    assert network.find(PICTURE, "cat", box_threshold=0.0, text_threshold=1.0)[0].words == ""


def test_it_answers_as_transformers_own_processor(network: GroundingDino, dino_folder: Path) -> None:
    processor: Any = GroundingDinoProcessor(GroundingDinoImageProcessorPil(size=EDGES), tokenizer())
    inputs = processor(images=PICTURE, text="a face. cat.", return_tensors="pt")
    model = GroundingDinoForObjectDetection.from_pretrained(dino_folder).eval()
    with torch.no_grad():
        outputs = model(**inputs)
    (told,) = processor.post_process_grounded_object_detection(
        outputs, inputs["input_ids"], threshold=0.0, target_sizes=[(60, 100)]
    )
    mine = network.find(PICTURE, "a face. cat", box_threshold=0.0)
    assert mine[0].score == pytest.approx(float(told["scores"].max()), abs=1e-3)
    inside = torch.stack([told["boxes"][:, 0::2].clamp(0, 100), told["boxes"][:, 1::2].clamp(0, 60)], dim=2)
    for box, expected in zip(
        sorted(one.box for one in mine), sorted(inside.flatten(1).tolist()), strict=True
    ):
        assert box == pytest.approx(expected, abs=0.5)


def test_captions_end_with_a_dot() -> None:
    assert (caption(" A Face "), caption("cat. dog.")) == ("a face.", "cat. dog.")


def test_sizes_fit_both_edges() -> None:
    assert fitting((400, 200), (800, 1333)) == (1333, 666)
    assert fitting((200, 400), (100, 1333)) == (100, 200)
    assert corners([0.5, 0.5, 1.0, 2.0], (10, 20)) == (0.0, 0.0, 10.0, 20.0)


def test_a_folder_without_its_parts_is_refused(dino_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cut"
    shutil.copytree(dino_folder, folder)
    (folder / "model.safetensors").write_bytes(b"\0" * 40)
    with pytest.raises(CorruptFile, match="cut can't be loaded") as refused:
        GroundingDino(folder, CPU, field="mask_model")
    assert refused.value.field == "mask_model"
    shutil.copyfile(dino_folder / "model.safetensors", folder / "model.safetensors")
    for file in folder.glob("token*"):
        file.unlink()
    with pytest.raises(CorruptFile, match="tokenizer"):
        GroundingDino(folder, CPU, field="mask_model")
