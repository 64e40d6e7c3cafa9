"""Faces and their outlines as the package mediapipe finds them, where it is installed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extensions.adetailer.detect.found import FoundThing, Pixels
from extensions.adetailer.detect.names import EYES_ONLY, MEDIA_PIPE
from pipelines.plugin import MissingWeights, UnsupportedModel

EYES = ("FACE_LANDMARKS_LEFT_EYE", "FACE_LANDMARKS_RIGHT_EYE")
MESH_FILE = ".task"
MOST_FACES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaPipeDetector:
    """One of its four ways, on the model that belongs to it. ``package``: the module mediapipe."""

    name: str
    model: Path
    package: Any

    @classmethod
    def create(cls, name: str, folders: Sequence[Path], field: str) -> MediaPipeDetector:
        """Find the package, else raise UnsupportedModel; find the model, else raise MissingWeights."""
        try:
            package = import_module("mediapipe")
        except ImportError as error:
            text = f"{name} needs the package mediapipe, which isn't installed"
            raise UnsupportedModel(text, field=field) from error
        file = MEDIA_PIPE[name]
        model = next((folder / file for folder in folders if (folder / file).is_file()), None)
        if model is None:
            raise MissingWeights(f"{name} needs the file {file} in the folder {folders[0]}", field=field)
        return cls(name=name, model=model, package=package)

    def __call__(self, picture: Pixels, confidence: float) -> list[FoundThing]:
        """Find faces by boxes or by outlines, see Detector."""
        image = self.package.Image(
            image_format=self.package.ImageFormat.SRGB, data=np.ascontiguousarray(picture)
        )
        base = self.package.tasks.BaseOptions(model_asset_path=str(self.model))
        vision = self.package.tasks.vision
        if self.model.suffix != MESH_FILE:
            options = vision.FaceDetectorOptions(base_options=base, min_detection_confidence=confidence)
            with vision.FaceDetector.create_from_options(options) as finder:
                return _boxes(finder.detect(image).detections)
        options = vision.FaceLandmarkerOptions(
            base_options=base, num_faces=MOST_FACES, min_face_detection_confidence=confidence
        )
        with vision.FaceLandmarker.create_from_options(options) as finder:
            faces = finder.detect(image).face_landmarks
        lines = vision.FaceLandmarksConnections
        parts = [_places(getattr(lines, eye)) for eye in EYES] if self.name == EYES_ONLY else [None]
        return [_outlined(face, parts, picture.shape[:2], confidence) for face in faces]


def _boxes(detections: Iterable[Any]) -> list[FoundThing]:
    """Convert mediapipe's boxes, the surest first."""
    found: list[FoundThing] = []
    for detection in detections:
        box = detection.bounding_box
        left, top = float(box.origin_x), float(box.origin_y)
        corners = (left, top, left + box.width, top + box.height)
        found.append(FoundThing(box=corners, confidence=float(detection.categories[0].score)))
    return sorted(found, key=lambda thing: -thing.confidence)


def _places(lines: Iterable[Any]) -> list[int]:
    """Return the numbers of the landmarks that lines connect."""
    return sorted({place for line in lines for place in (int(line.start), int(line.end))})


def _outlined(
    landmarks: Sequence[Any], parts: Sequence[list[int] | None], size: tuple[int, int], confidence: float
) -> FoundThing:
    """Outline the hulls of parts of a face; None is all of it. A mesh has no confidence of its own."""
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
