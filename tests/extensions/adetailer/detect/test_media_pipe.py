"""MediaPipe's names work where the package is, and are an error where it isn't."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, Self

import numpy as np
import pytest

from extensions.adetailer.detect.media_pipe import MediaPipeDetector
from extensions.adetailer.detect.names import EYES_ONLY, MEDIA_PIPE
from pipelines.contract.errors import MissingWeights, UnsupportedModel

PICTURE = np.zeros((100, 200, 3), dtype=np.uint8)
LANDMARKS = [(0.2, 0.2), (0.4, 0.2), (0.4, 0.6), (0.2, 0.6)]


class FakeFinder:
    """Stands for FaceDetector and FaceLandmarker: one face, always the same."""

    asked: Any = None

    @classmethod
    def create_from_options(cls, options: Any) -> Self:
        cls.asked = options
        return cls()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def detect(self, picture: Any) -> Any:
        assert picture.data.shape == PICTURE.shape
        box = SimpleNamespace(origin_x=20, origin_y=30, width=60, height=40)
        marks = [SimpleNamespace(x=x, y=y) for x, y in LANDMARKS]
        found = SimpleNamespace(bounding_box=box, categories=[SimpleNamespace(score=0.75)])
        return SimpleNamespace(detections=[found], face_landmarks=[marks])


def line(start: int, end: int) -> SimpleNamespace:
    return SimpleNamespace(start=start, end=end)


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The package, and a folder with its models."""
    package: Any = ModuleType("mediapipe")
    vision = SimpleNamespace(
        FaceDetector=FakeFinder,
        FaceLandmarker=FakeFinder,
        FaceDetectorOptions=SimpleNamespace,
        FaceLandmarkerOptions=SimpleNamespace,
        FaceLandmarksConnections=SimpleNamespace(
            FACE_LANDMARKS_LEFT_EYE=[line(0, 1), line(1, 2)],
            FACE_LANDMARKS_RIGHT_EYE=[line(2, 3), line(3, 0)],
        ),
    )
    package.tasks = SimpleNamespace(vision=vision, BaseOptions=SimpleNamespace)
    package.Image, package.ImageFormat = SimpleNamespace, SimpleNamespace(SRGB=1)
    monkeypatch.setitem(sys.modules, "mediapipe", package)
    for name in MEDIA_PIPE.values():
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize("name", ["mediapipe_face_full", "mediapipe_face_short"])
def test_boxes(folder: Path, name: str) -> None:
    (found,) = MediaPipeDetector.create(name, [folder], "x")(PICTURE, 0.4)
    assert FakeFinder.asked.min_detection_confidence == 0.4
    assert FakeFinder.asked.base_options.model_asset_path == str(folder / MEDIA_PIPE[name])
    assert found.box == (20, 30, 80, 70)
    assert found.confidence == 0.75


def test_a_mesh_has_an_outline(folder: Path) -> None:
    (found,) = MediaPipeDetector.create("mediapipe_face_mesh", [folder], "x")(PICTURE, 0.4)
    assert found.outline is not None
    assert found.outline[40, 60] == 255
    assert found.outline[40, 90] == 0
    assert found.box == pytest.approx((40, 20, 80, 60))


def test_eyes_only_are_two_hulls(folder: Path) -> None:
    (found,) = MediaPipeDetector.create(EYES_ONLY, [folder], "x")(PICTURE, 0.4)
    assert found.outline is not None
    assert found.outline[25, 75] == 255


def test_without_the_package_or_its_model_the_name_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    with pytest.raises(MissingWeights, match=r"face_landmarker\.task in the folder .*empty"):
        MediaPipeDetector.create("mediapipe_face_mesh", [empty], "x")
    monkeypatch.setitem(sys.modules, "mediapipe", None)
    with pytest.raises(UnsupportedModel, match="isn't installed") as caught:
        MediaPipeDetector.create("mediapipe_face_full", [folder], "args.0.ad_model")
    assert caught.value.field == "args.0.ad_model"
