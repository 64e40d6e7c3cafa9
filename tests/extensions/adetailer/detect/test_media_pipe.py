"""MediaPipe's names work where the package is, and say so where it isn't."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any, Self

import numpy as np
import pytest

from extensions.adetailer.detect.media_pipe import MediaPipeDetector
from pipelines.contract.errors import UnsupportedModel

PICTURE = np.zeros((100, 200, 3), dtype=np.uint8)
LANDMARKS = [(0.2, 0.2), (0.4, 0.2), (0.4, 0.6), (0.2, 0.6)]


class FakeFinder:
    """Stands for FaceDetection and FaceMesh: one face, always the same."""

    asked: dict[str, Any]

    def __init__(self, **asked: Any) -> None:
        type(self).asked = asked

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def process(self, picture: Any) -> Any:
        assert picture is PICTURE
        box = SimpleNamespace(xmin=0.1, ymin=0.2, width=0.3, height=0.4)
        location = SimpleNamespace(relative_bounding_box=box)
        marks = [SimpleNamespace(x=x, y=y) for x, y in LANDMARKS]
        return SimpleNamespace(
            detections=[SimpleNamespace(location_data=location, score=[0.75])],
            multi_face_landmarks=[SimpleNamespace(landmark=marks)],
        )


@pytest.fixture
def _package(monkeypatch: pytest.MonkeyPatch) -> None:
    package: Any = ModuleType("mediapipe")
    mesh = SimpleNamespace(
        FaceMesh=FakeFinder,
        FACEMESH_LEFT_EYE={(0, 1), (1, 2)},
        FACEMESH_RIGHT_EYE={(2, 3), (3, 0)},
    )
    package.solutions = SimpleNamespace(
        face_detection=SimpleNamespace(FaceDetection=FakeFinder), face_mesh=mesh
    )
    monkeypatch.setitem(sys.modules, "mediapipe", package)


@pytest.mark.usefixtures("_package")
@pytest.mark.parametrize(("name", "model"), [("mediapipe_face_full", 1), ("mediapipe_face_short", 0)])
def test_boxes(name: str, model: int) -> None:
    (found,) = MediaPipeDetector.create(name, "x")(PICTURE, 0.4)
    assert FakeFinder.asked == {"model_selection": model, "min_detection_confidence": 0.4}
    assert found.box == pytest.approx((20, 20, 80, 60))
    assert found.confidence == 0.75


@pytest.mark.usefixtures("_package")
def test_a_mesh_has_an_outline() -> None:
    (found,) = MediaPipeDetector.create("mediapipe_face_mesh", "x")(PICTURE, 0.4)
    assert found.outline is not None
    assert found.outline[40, 60] == 255
    assert found.outline[40, 90] == 0


@pytest.mark.usefixtures("_package")
def test_eyes_only_are_two_hulls() -> None:
    (found,) = MediaPipeDetector.create("mediapipe_face_mesh_eyes_only", "x")(PICTURE, 0.4)
    assert found.outline is not None
    assert found.outline[25, 75] == 255


def test_without_the_package_the_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mediapipe", None)
    with pytest.raises(UnsupportedModel, match="isn't installed") as caught:
        MediaPipeDetector.create("mediapipe_face_full", "args.0.ad_model")
    assert caught.value.field == "args.0.ad_model"
