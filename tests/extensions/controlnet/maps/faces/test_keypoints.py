"""InstantID's control picture: its colours, its size, and whom it shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from extensions.controlnet.maps.faces.keypoints import draw_points
from extensions.controlnet.maps.loaded import LoadedPreprocessor
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import find_preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.contract.errors import CorruptFile, InvalidRequest, MissingWeights
from tests.extensions.controlnet.face_files import Told, told_face, write_scrfd

FILE = "scrfd_10g_bnkps.onnx"
POINTS = np.array([(60.9, 40), (140, 40.9), (100, 100), (70, 150), (130, 150)], np.float32)
RED, GREEN, BLUE, YELLOW, MAGENTA = COLOURS = [
    (255, 0, 0),
    (0, 255, 0),
    (0, 0, 255),
    (255, 255, 0),
    (255, 0, 255),
]
PICTURE = np.zeros((60, 100, 3), np.uint8)
"""At resolution 120 it is 120 x 200, padded to 128 x 256, of which the detector sees 320 x 640."""


def module() -> Preprocessor:
    found = find_preprocessor("instant_id_face_keypoints")
    assert found is not None
    return found


def drawn(folder: Path, *faces: Told) -> Array:
    write_scrfd(folder / "antelopev2" / FILE, *faces)
    return LoadedPreprocessor().run(module(), PICTURE, Sliders(resolution=120), [folder], "cpu")


def test_points_are_discs_of_their_colours() -> None:
    made = draw_points(POINTS, 200, 180)
    assert (made.shape, made.dtype) == ((180, 200, 3), np.uint8)
    for (x, y), colour in zip(POINTS.astype(int).tolist(), COLOURS, strict=True):
        assert tuple(made[y, x]) == tuple(made[y, x + 10]) == tuple(made[y - 10, x]) == colour
    assert not made[40, 60 - 11].any()
    assert not made[100, 100 + 11].any()


def test_limbs_are_dim_and_end_at_the_nose() -> None:
    made = draw_points(POINTS, 200, 180)
    middles = ((POINTS + POINTS[2]) / 2).astype(int).tolist()
    limbs = [tuple(made[y, x]) for index, (x, y) in enumerate(middles) if index != 2]
    assert limbs == [(153, 0, 0), (0, 153, 0), (153, 153, 0), (153, 0, 153)]
    assert {tuple(colour) for colour in made.reshape(-1, 3).tolist()} == {*limbs, *COLOURS, (0, 0, 0)}


def test_a_limb_is_nine_pixels_wide() -> None:
    points = np.array([(40, 50), (40, 50), (100, 50), (40, 50), (40, 50)], np.float32)
    made = draw_points(points, 140, 100)
    assert np.flatnonzero(made[:, 70].any(axis=1)).tolist() == list(range(46, 55))


def test_the_largest_face_is_drawn_at_the_working_size(tmp_path: Path) -> None:
    made = drawn(tmp_path, told_face(100, 100), told_face(250, 150, 2))
    assert made.shape == (120, 200, 3)
    # 2.5 times as large as what is drawn
    assert tuple(made[60, 100]) == BLUE
    assert tuple(made[60 - 12, 100 - 12]) == RED
    assert tuple(made[60 + 12, 100 + 9]) == MAGENTA
    assert not made[:, :70].any()


def test_points_beyond_the_picture_are_not_drawn(tmp_path: Path) -> None:
    # in the padding on the right
    assert not drawn(tmp_path, told_face(600, 150, 0.5)).any()


def test_no_face_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="no face was found in the picture"):
        drawn(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "ControlNetPreprocessor"
    with pytest.raises(MissingWeights, match=r"scrfd_10g_bnkps\.onnx in .*ControlNetPreprocessor"):
        LoadedPreprocessor().run(module(), PICTURE, Sliders(), [folder], "cpu")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"nothing")
    with pytest.raises(CorruptFile, match=r"scrfd_10g_bnkps\.onnx can't be loaded"):
        LoadedPreprocessor().run(module(), PICTURE, Sliders(), [tmp_path], "cpu")
