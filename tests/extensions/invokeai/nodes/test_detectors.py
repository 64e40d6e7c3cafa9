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


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("content_shuffle", {}),
        ("content_shuffle", {"scale_factor": 16}),
        ("color_map", {}),
        ("canny_edge_detection", {}),
    ],
)
def test_maps_are_as_large_as_their_pictures(
    kind: str, more: dict[str, int], engine: GraphEngine, picture: dict[str, str]
) -> None:
    ran = engine.run(graph({"n": {"type": kind, "image": picture, **more}}))
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
        ({"type": "dw_openpose_detection", "draw_hands": True}, "yolox_l"),
        ({"type": "depth_anything_depth_estimation"}, "depth_anything_v2"),
        ({"type": "lineart_anime_edge_detection"}, "netG"),
    ],
)
def test_files_that_are_missing_are_named(
    node: dict[str, object], file: str, engine: GraphEngine, picture: dict[str, str]
) -> None:
    ran = engine.run(graph({"n": {**node, "image": picture}}))
    assert (ran.item["error_type"], file in ran.item["error_message"]) == ("MissingWeights", True), ran.item
