"""Other extensions get maps by the names of preprocessors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from extensions.controlnet.maps.detectors.onnx_net import SIDE
from extensions.controlnet.maps.poses.dwpose import LEFT_HAND, POINTS
from extensions.controlnet.plugin import draw_map, draw_people
from pipelines.contract.errors import InvalidRequest, MissingWeights
from tests.extensions.controlnet.control_engine import control_engine
from tests.extensions.controlnet.yolox import MIDDLE, raw_boxes
from tests.onnx_files import write_onnx


def test_maps_have_the_pictures_size_and_what_makes_none_is_refused(tmp_path: Path) -> None:
    image = Image.new("RGB", (100, 40), "white")
    image.paste("black", (30, 10, 70, 30))
    with control_engine(tmp_path) as engine:
        services = engine.services
        found = draw_map("canny", image, services, a=100, b=200)
        assert (found.size, np.asarray(found).max() > 0) == ((100, 40), True)
        for name in ("no such thing", "clip_vision"):
            with pytest.raises(InvalidRequest, match="makes no maps"):
                draw_map(name, image, services)
        with pytest.raises(MissingWeights, match="HED"):
            draw_map("hed", image, services)


def test_parts_of_people_are_drawn(tmp_path: Path) -> None:
    """A nose in the middle of the picture, and a hand that has two joints around it."""
    columns, rows = np.zeros((1, POINTS, 576), np.float32), np.zeros((1, POINTS, 768), np.float32)
    for point, shift in ((0, 0), (LEFT_HAND[0], -60), (LEFT_HAND[1], 60)):
        columns[0, point, 288 + shift] = rows[0, point, 384] = 0.9
    write_onnx(tmp_path / "yolox_l.onnx", (SIDE, SIDE), {"boxes": raw_boxes((MIDDLE, 0.9))})
    write_onnx(tmp_path / "dw-ll_ucoco_384.onnx", (384, 288), {"simcc_x": columns, "simcc_y": rows})
    image = Image.new("RGB", (64, 64))
    with control_engine(tmp_path / "data", annotators=tmp_path) as engine:
        parts = [
            np.asarray(draw_people(image, engine.services, body=body, hands=hands, face=False)).any()
            for body, hands in ((True, True), (True, False), (False, True), (False, False))
        ]
        assert draw_people(image, engine.services).size == image.size
    assert parts == [True, True, True, False]
