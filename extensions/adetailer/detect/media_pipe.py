"""Faces and their outlines as the package mediapipe finds them, where it is installed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extensions.adetailer.detect.found import FoundThing, Pixels
from pipelines.plugin import UnsupportedModel

BOXES = {"mediapipe_face_full": 1, "mediapipe_face_short": 0}
"""Which of its two models: for faces within five metres, or within two."""
EYES_ONLY = "mediapipe_face_mesh_eyes_only"
EYES = ("FACEMESH_LEFT_EYE", "FACEMESH_RIGHT_EYE")
MOST_FACES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaPipeDetector:
    """One of its four ways; ``solutions`` is the package's module of that name."""

    name: str
    solutions: Any

    @classmethod
    def create(cls, name: str, field: str) -> MediaPipeDetector:
        """Raises UnsupportedModel where the package, or this part of it, isn't there."""
        try:
            solutions = import_module("mediapipe").solutions
        except (ImportError, AttributeError) as error:
            text = (
                f"{name} needs a version of the package mediapipe with its solutions, which isn't installed"
            )
            raise UnsupportedModel(text, field=field) from error
        return cls(name=name, solutions=solutions)

    def __call__(self, picture: Pixels, confidence: float) -> list[FoundThing]:
        """See Detector."""
        return self._boxes(picture, confidence) if self.name in BOXES else self._meshes(picture, confidence)

    def _boxes(self, picture: Pixels, confidence: float) -> list[FoundThing]:
        height, width = picture.shape[:2]
        find = self.solutions.face_detection.FaceDetection
        with find(model_selection=BOXES[self.name], min_detection_confidence=confidence) as finder:
            detections = finder.process(picture).detections or ()
        found: list[FoundThing] = []
        for detection in detections:
            box = detection.location_data.relative_bounding_box
            left, top = box.xmin * width, box.ymin * height
            corners = (left, top, left + box.width * width, top + box.height * height)
            found.append(FoundThing(box=corners, confidence=float(detection.score[0])))
        return sorted(found, key=lambda thing: -thing.confidence)

    def _meshes(self, picture: Pixels, confidence: float) -> list[FoundThing]:
        mesh = self.solutions.face_mesh
        with mesh.FaceMesh(
            static_image_mode=True, max_num_faces=MOST_FACES, min_detection_confidence=confidence
        ) as finder:
            faces = finder.process(picture).multi_face_landmarks or ()
        parts = [_places(getattr(mesh, name)) for name in EYES] if self.name == EYES_ONLY else [None]
        return [_outlined(face.landmark, parts, picture.shape[:2], confidence) for face in faces]


def _places(connections: Iterable[tuple[int, int]]) -> list[int]:
    """The landmarks that a set of lines connects."""
    return sorted({place for line in connections for place in line})


def _outlined(
    landmarks: Sequence[Any], parts: Sequence[list[int] | None], size: tuple[int, int], confidence: float
) -> FoundThing:
    """The hulls of parts of a face; None is all of it. A mesh tells no confidence of its own."""
    height, width = size
    points = np.array([(mark.x * width, mark.y * height) for mark in landmarks])
    outline: NDArray[np.uint8] = np.zeros((height, width), dtype=np.uint8)
    chosen = [points if part is None else points[part] for part in parts]
    for part in chosen:
        cv2.fillConvexPoly(outline, cv2.convexHull(part.round().astype(np.int32)), (255,))
    every = np.concatenate(chosen)
    (left, top), (right, bottom) = every.min(0), every.max(0)
    box = (float(left), float(top), float(right), float(bottom))
    return FoundThing(box=box, confidence=confidence, outline=outline)
