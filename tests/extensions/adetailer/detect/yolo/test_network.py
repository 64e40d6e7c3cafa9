"""Networks are built from the names and shapes of published layouts, and from nothing else."""

from __future__ import annotations

import pytest
import torch

from extensions.adetailer.detect.yolo.network import build_yolo
from pipelines.contract.errors import UnsupportedModel
from tests.extensions.adetailer.yolo_files import Tensors, yolo8, yolo11

PLACES = 8 * 12 + 4 * 6 + 2 * 3
"""Of a picture of 64 x 96 pixels, at strides of 8, 16 and 32."""


@pytest.mark.parametrize(
    ("tensors", "name", "outlines"),
    [
        (yolo8(), "YOLOv8", 0),
        (yolo8(outlines=True), "YOLOv8", 4),
        (yolo8(folded=True), "YOLOv8", 0),
        (yolo11(), "YOLO11", 0),
        (yolo11(outlines=True), "YOLO11", 4),
    ],
    ids=["v8", "v8-seg", "v8-folded", "11", "11-seg"],
)
def test_every_layout_is_built_and_answers_all_places(tensors: Tensors, name: str, outlines: int) -> None:
    network = build_yolo(tensors, "x.pt")
    assert network.plan.name == name
    with torch.inference_mode():
        answer = network(torch.rand(1, 3, 64, 96))
    assert answer.boxes.shape == (PLACES, 4)
    assert answer.scores.shape == (PLACES, 1)
    if outlines:
        assert answer.mixture is not None
        assert answer.prototypes is not None
        assert answer.mixture.shape == (PLACES, outlines)
        assert answer.prototypes.shape == (outlines, 16, 24)


def test_names_may_stand_below_a_wrapper() -> None:
    wrapped = {f"model.{name}": tensor for name, tensor in yolo8().items()}
    assert build_yolo(wrapped, "x.pt").plan.name == "YOLOv8"


def test_boxes_lie_around_their_places() -> None:
    tensors = {name: torch.zeros_like(tensor) for name, tensor in yolo8(folded=True).items()}
    for level in range(3):
        tensors[f"model.22.cv2.{level}.2.bias"].view(4, 16)[:, 2] = 50.0  # two cells to each side
    with torch.inference_mode():
        boxes = build_yolo(tensors, "x.pt")(torch.rand(1, 3, 32, 32)).boxes
    assert boxes[0].tolist() == [-12, -12, 20, 20]
    assert boxes[-1].tolist() == [-48, -48, 80, 80]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({}, "is no detector of the YOLOv8 or YOLO11 layout"),
        ({"model.0.conv.weight": torch.zeros(4, 3, 3, 3)}, "is no detector of the YOLOv8 or YOLO11 layout"),
        (
            yolo8() | {"model.4.extra.weight": torch.zeros(3)},
            "is not laid out as YOLOv8: model.4.extra.weight",
        ),
        ({k: v for k, v in yolo8().items() if not k.startswith("model.9.")}, "is not laid out as YOLOv8"),
        ({k: v for k, v in yolo8().items() if k != "model.5.bn.bias"}, "model.5.bn.bias"),
    ],
    ids=["empty", "other", "surplus", "no layer", "no tensor"],
)
def test_other_networks_are_refused(change: Tensors, text: str) -> None:
    with pytest.raises(UnsupportedModel, match=text):
        build_yolo(change, "x.pt")
