"""The poses of animals in a picture, from two ONNX networks: YOLOX finds them, RTMPose their key points.

Jiang et al. 2023, arXiv:2303.07399; the points are AP-10K's 17 (Yu et al. 2021, arXiv:2108.12617).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from extensions.controlnet.maps.detectors.onnx_net import Floats
from extensions.controlnet.maps.poses.animal_skeleton import POINTS, draw_animals
from extensions.controlnet.maps.poses.people import Found, poses_json
from extensions.controlnet.maps.poses.pose_finder import Beings, load_finder, require_points, sure_points
from extensions.controlnet.maps.sliders import Run
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.pictures import Array

ANIMALS = tuple(range(14, 24))
"""Bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe among COCO's 80 classes."""
SIZE = (256, 256)


def animal(points: Floats, scores: Floats) -> list[float]:
    """AP-10K's (17, 2) and (17,) as a flat list of 51. Raises CorruptFile for another number."""
    require_points(points, POINTS, "animals")
    return sure_points(points, scores)


def show(animals: Sequence[list[float]], width: int, height: int) -> tuple[Found, Array]:
    """The poses of all animals as JSON, and their drawing."""
    return {**poses_json([], width, height), "animals": list(animals)}, draw_animals(animals, width, height)


BEINGS = Beings(classes=ANIMALS, size=SIZE, to_json=animal, show=show)


def load(preprocessor: Preprocessor, files: tuple[Path, ...], device: str) -> Run:
    """Both networks; they run on the CPU whatever the device. Raises CorruptFile."""
    return load_finder(BEINGS, files)
