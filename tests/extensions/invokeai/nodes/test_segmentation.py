"""Words, boxes and points mean things in a picture, by tiny networks with random weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from extensions.invokeai.drawing import segmentation
from extensions.invokeai.drawing.segmentation import Mask
from extensions.invokeai.running.parts import engine_nodes
from extensions.invokeai.store.images import ImageWish
from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled
from tests.extensions.invokeai.graphs import GraphEngine, Ran, graph, graph_engine
from tests.pipelines.postprocess.segment.small_networks import save_grounding_dino, save_sam

POINT = {"points": [{"x": 1, "y": 1, "label": 1}]}
BOX = {"x_min": 4, "y_min": 4, "x_max": 40, "y_max": 30, "score": 0.5}
SIZE = 64, 48


@pytest.fixture(scope="module")
def finding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphEngine]:
    """An engine with both networks."""
    models = tmp_path_factory.mktemp("models")
    save_grounding_dino(models / "grounding-dino" / "tiny")
    save_sam(models / "sam" / "sam-vit-base")
    with graph_engine(tmp_path_factory.mktemp("data"), models=models) as made:
        yield made


def asking(engine: GraphEngine, kind: str, **inputs: Any) -> dict[str, Any]:
    """The graph of one node."""
    image = Image.new("RGB", SIZE, "white")
    image.paste("blue", (10, 10, 30, 30))
    name = engine.store.images.save(image, ImageWish()).image_name
    return graph({"n": {"type": kind, "image": {"image_name": name}, **inputs}})


def node(engine: GraphEngine, kind: str, **inputs: Any) -> Ran:
    return engine.run(asking(engine, kind, **inputs))


def mask(engine: GraphEngine, **inputs: Any) -> np.ndarray[Any, Any]:
    ran = node(engine, "segment_anything", **{"model": "segment-anything-base", **inputs})
    assert ran.failure is None, ran.item["error_traceback"]
    output = ran.outputs["n"]
    assert (output["width"], output["height"]) == SIZE
    tensors = engine_nodes(engine.engine.services).shared.tensors
    found = tensors.load(output["mask"]["tensor_name"]).numpy()
    assert (found.dtype, found.shape) == (np.bool_, (1, SIZE[1], SIZE[0]))
    return found


def test_boxes_are_put_around_what_is_named(finding: GraphEngine) -> None:
    asked = {"model": "grounding-dino-tiny", "prompt": "a red face"}
    ran = node(finding, "grounding_dino", **asked, detection_threshold=0.0)
    assert ran.failure is None, ran.item["error_traceback"]
    boxes = ran.outputs["n"]["collection"]
    scores = [box["score"] for box in boxes]
    assert boxes and scores == sorted(scores, reverse=True)
    assert all(isinstance(box["x_min"], int) and box["x_min"] <= box["x_max"] for box in boxes)
    assert node(finding, "grounding_dino", **asked, detection_threshold=1.0).outputs["n"]["collection"] == []


def test_boxes_and_points_are_masked(finding: GraphEngine) -> None:
    assert not mask(finding).any()
    there = {"x": 20, "y": 20, "label": 1}
    away = {"x": 60, "y": 2, "label": -1}
    rough = mask(finding, bounding_boxes=[BOX], apply_polygon_refinement=False)
    assert np.array_equal(
        rough, mask(finding, bounding_boxes=[BOX], apply_polygon_refinement=False, mask_filter="largest")
    )
    mask(finding, bounding_boxes=[BOX, {**BOX, "score": 0.9}], mask_filter="highest_box_score")
    mask(finding, point_lists=[{"points": [there, away]}, {"points": [there]}])
    mask(finding, bounding_boxes=[BOX], point_lists=[{"points": [there, {**away, "label": 0}]}])


def test_which_of_the_masks_count(finding: GraphEngine) -> None:
    small, large = {**BOX, "x_max": 12, "y_max": 12}, {**BOX, "x_max": 60, "y_max": 44, "score": 0.4}
    first, second = (mask(finding, bounding_boxes=[box]) for box in (small, large))
    both = {"bounding_boxes": [small, large]}
    assert np.array_equal(mask(finding, **both), first | second)
    assert np.array_equal(mask(finding, **both, mask_filter="highest_box_score"), first)
    largest = first if first.sum() >= second.sum() else second
    assert np.array_equal(mask(finding, **both, mask_filter="largest"), largest)


def test_a_cancel_is_heard_between_two_masks(finding: GraphEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    control, looked = JobControl(), list[object]()

    def cancelling(mask: Mask) -> Mask:
        looked.append(mask)
        control.ask(Action.CANCEL)
        return mask

    monkeypatch.setattr(segmentation, "outlined", cancelling)
    inputs = {"model": "segment-anything-base", "bounding_boxes": [BOX] * 3}
    ran = finding.run(asking(finding, "segment_anything", **inputs), control)
    assert isinstance(ran.failure, Cancelled)
    assert len(looked) == 1


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        (
            {"bounding_boxes": [BOX, BOX], "point_lists": [POINT]},
            "length",
        ),
        ({"point_lists": [{"points": [{"x": 1, "y": 1, "label": 0}]}]}, "positive or negative"),
        ({"bounding_boxes": [BOX], "model": "segment-anything-2-tiny"}, "segment-anything-huge"),
        (
            {"point_lists": [POINT], "mask_filter": "highest_box_score"},
            "Bounding boxes",
        ),
        ({"bounding_boxes": [BOX] * 1001}, "1001 bounding_boxes are more than the 1000"),
        ({"point_lists": [POINT] * 1001}, "1001 point_lists are more than the 1000"),
        ({"point_lists": [{"points": POINT["points"] * 257}]}, "257 points are more than the 256"),
    ],
)
def test_what_can_not_be_meant_is_refused(inputs: dict[str, Any], said: str, finding: GraphEngine) -> None:
    ran = node(finding, "segment_anything", **{"model": "segment-anything-base", **inputs})
    assert said in ran.item["error_message"]


def test_networks_that_are_missing_are_named_with_their_folders(engine: GraphEngine) -> None:
    ran = node(engine, "grounding_dino", model="grounding-dino-tiny", prompt="a")
    assert (ran.item["error_type"], "grounding-dino" in ran.item["error_message"]) == ("MissingWeights", True)
    ran = node(engine, "segment_anything", model="segment-anything-large", bounding_boxes=[BOX])
    assert (ran.item["error_type"], "vit_l" in ran.item["error_message"]) == ("MissingWeights", True)
