"""Detectors are ControlNet's preprocessors: those without weights run, others name the file they lack."""

from __future__ import annotations

import pytest
from PIL import Image

from extensions.invokeai.store.images import ImageWish
from tests.extensions.invokeai.graphs import GraphEngine, graph


@pytest.fixture(scope="module")
def picture(engine: GraphEngine) -> dict[str, str]:
    image = Image.new("RGB", (96, 64), "white")
    image.paste("blue", (20, 10, 60, 50))
    return {"image_name": engine.store.images.save(image, ImageWish()).image_name}


@pytest.mark.parametrize("kind", ["content_shuffle", "color_map", "canny_edge_detection"])
def test_maps_are_as_large_as_their_pictures(kind: str, engine: GraphEngine, picture: dict[str, str]) -> None:
    ran = engine.run(graph({"n": {"type": kind, "image": picture}}))
    assert ran.failure is None, ran.item["error_traceback"]
    assert (ran.outputs["n"]["width"], ran.outputs["n"]["height"]) == (96, 64)


@pytest.mark.parametrize(
    ("node", "file"),
    [
        ({"type": "hed_edge_detection"}, "ControlNetHED"),
        ({"type": "pidi_edge_detection", "scribble": True}, "table5_pidinet"),
        ({"type": "lineart_edge_detection", "coarse": True}, "sk_model2"),
        ({"type": "mlsd_detection"}, "mlsd_large"),
        ({"type": "normal_map"}, "scannet"),
        ({"type": "infill_lama"}, "ControlNetLama"),
    ],
)
def test_files_that_are_missing_are_named(
    node: dict[str, object], file: str, engine: GraphEngine, picture: dict[str, str]
) -> None:
    ran = engine.run(graph({"n": {**node, "image": picture}}))
    assert (ran.item["error_type"], file in ran.item["error_message"]) == ("MissingWeights", True), ran.item


def test_what_is_not_heeded_is_told(engine: GraphEngine, picture: dict[str, str]) -> None:
    ran = engine.run(graph({"n": {"type": "content_shuffle", "image": picture, "scale_factor": 8}}))
    assert [("256" in text) for text in ran.item["session"]["warnings"]] == [True]
