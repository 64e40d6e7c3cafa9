"""Poses of animals: which boxes count, what the drawing looks like, and what is told of it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from extensions.controlnet.kinds import DetectRequest, DetectResult
from extensions.controlnet.maps.detectors.onnx_net import SIDE
from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.poses.animal_pose import ANIMALS
from extensions.controlnet.maps.poses.animal_skeleton import POINTS
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import PREPROCESSORS, find_preprocessor
from pipelines.contract.errors import CorruptFile, MissingWeights
from tests.extensions.controlnet.control_engine import control_engine
from tests.extensions.controlnet.yolox import MIDDLE, raw_boxes
from tests.onnx_files import write_onnx

PICTURE = np.zeros((64, 64, 3), np.uint8)
DETECTOR, POSE = PREPROCESSORS["animal_openpose"].files[0]
PERSON, BIRD, GIRAFFE, BACKPACK = 0, 14, 23, 24


def module() -> Preprocessor:
    found = find_preprocessor("animal_openpose")
    assert found is not None
    return found


def write_detector(folder: Path, kind: int) -> None:
    """YOLOX with one thing of this class, 512 pixels wide and high, in the middle of its input."""
    raw = raw_boxes((MIDDLE, 0.9), kind=kind)
    write_onnx(folder / DETECTOR, (SIDE, SIDE), {"boxes": raw})


def write_pose(folder: Path, places: dict[int, tuple[int, int]], points: int = POINTS) -> None:
    """RTMPose whose points of these indices lie at columns and rows of its 256 pixels."""
    columns, rows = np.zeros((2, 1, points, 512), np.float32)
    for index, (x, y) in places.items():
        columns[0, index, 2 * x] = rows[0, index, 2 * y] = 0.9
    write_onnx(folder / POSE, (256, 256), {"simcc_x": columns, "simcc_y": rows})


def test_an_animal_is_drawn_and_told(tmp_path: Path) -> None:
    write_detector(tmp_path, GIRAFFE)
    # 256 pixels of the network are a square of 64 around the middle: nose and neck on the same height
    write_pose(tmp_path, {2: (64, 128), 3: (192, 128)})
    loaded = LoadedPreprocessor()
    made = loaded.run(module(), PICTURE, Sliders(resolution=64), [tmp_path], "cpu")
    assert made.shape == (64, 64, 3) and made.dtype == np.uint8
    assert loaded.poses is not None
    assert (loaded.poses["people"], loaded.poses["canvas_width"], loaded.poses["canvas_height"]) == (
        [],
        64,
        64,
    )
    (found,) = loaded.poses["animals"]
    assert len(found) == 3 * POINTS
    assert found[6:12] == pytest.approx([16.0, 32.0, 1.0, 48.0, 32.0, 1.0])
    assert not any(found[:6]) and not any(found[12:])
    assert made[32, 32].tolist() == [0, 255, 0]
    assert {tuple(colour) for colour in made.reshape(-1, 3).tolist()} == {(0, 0, 0), (0, 255, 0)}


def test_a_picture_that_is_no_square_is_told_in_its_padded_pixels(tmp_path: Path) -> None:
    write_detector(tmp_path, BIRD)
    write_pose(tmp_path, {0: (128, 128)})
    loaded = LoadedPreprocessor()
    picture = np.zeros((64, 96, 3), np.uint8)
    made = loaded.run(module(), picture, Sliders(resolution=64), [tmp_path], "cpu")
    assert made.shape == (64, 96, 3)
    assert loaded.poses is not None
    assert (loaded.poses["canvas_width"], loaded.poses["canvas_height"]) == (128, 64)
    # the detector's 640 pixels are 128 of the picture: its middle is (64, 64)
    assert loaded.poses["animals"][0][:3] == pytest.approx([64.0, 64.0, 1.0])


def test_a_detection_answers_animals_beside_the_drawing(tmp_path: Path) -> None:
    write_detector(tmp_path, BIRD)
    write_pose(tmp_path, {0: (128, 128)})
    buffer = io.BytesIO()
    Image.fromarray(PICTURE).save(buffer, "PNG")
    request = DetectRequest(images=(buffer.getvalue(),), module="animal_openpose", resolution=64)
    with control_engine(tmp_path / "data", annotators=tmp_path) as engine:
        result = engine.run(request)
    assert isinstance(result, DetectResult)
    (poses,) = result.found["poses"]
    assert poses["people"] == []
    assert poses["animals"] == [[pytest.approx(32.0), pytest.approx(32.0), 1.0, *[0.0] * 48]]
    assert Image.open(io.BytesIO(result.images[0])).size == (64, 64)


@pytest.mark.parametrize("kind", [PERSON, BIRD - 1, BACKPACK])
def test_what_is_no_animal_does_not_count(kind: int, tmp_path: Path) -> None:
    write_detector(tmp_path, kind)
    write_pose(tmp_path, {2: (128, 128)})
    loaded = LoadedPreprocessor()
    assert not loaded.run(module(), PICTURE, Sliders(resolution=64), [tmp_path], "cpu").any()
    assert loaded.poses is not None and loaded.poses["animals"] == []


def test_animals_are_ten_classes() -> None:
    assert (ANIMALS[0], ANIMALS[-1], len(ANIMALS)) == (BIRD, GIRAFFE, 10)


def test_a_network_of_other_points_is_refused(tmp_path: Path) -> None:
    write_detector(tmp_path, BIRD)
    write_pose(tmp_path, {}, points=26)
    with pytest.raises(CorruptFile, match="answers 26 points of animals, not 17"):
        LoadedPreprocessor().run(module(), PICTURE, Sliders(resolution=64), [tmp_path], "cpu")


def test_a_missing_file_is_named_with_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "ControlNetPreprocessor"
    folder.mkdir(parents=True)
    write_detector(folder, BIRD)
    with pytest.raises(MissingWeights, match=r"yolox_l\.onnx, rtmpose-m_.*ap10k.*\.onnx in .*Preprocessor"):
        LoadedPreprocessor().run(module(), PICTURE, Sliders(), [folder], "cpu")


@pytest.mark.parametrize("name", [DETECTOR, POSE])
def test_a_damaged_file_is_named(name: str, tmp_path: Path) -> None:
    write_detector(tmp_path, BIRD)
    write_pose(tmp_path, {})
    (tmp_path / name).write_bytes(b"nothing")
    with pytest.raises(CorruptFile, match=f"{name} can't be loaded"):
        LoadedPreprocessor().run(module(), PICTURE, Sliders(), [tmp_path], "cpu")
