"""The poses of animals in a picture, from two ONNX networks: YOLOX finds them, RTMPose their key points.

Jiang et al. 2023, arXiv:2303.07399; the points are AP-10K's 17 (Yu et al. 2021, arXiv:2108.12617).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from extensions.controlnet.animal_skeleton import POINTS, draw_animals
from extensions.controlnet.modules import Module
from extensions.controlnet.networks import Run
from extensions.controlnet.onnx_net import Floats, OnnxNet, find_boxes, find_points, read_onnx
from extensions.controlnet.people import Found, poses_json
from extensions.controlnet.pictures import Array
from extensions.controlnet.preprocessors import Parameters, working_size
from extensions.controlnet.sure_points import sure_points
from pipelines.errors import CorruptFile

ANIMALS = tuple(range(14, 24))
"""Bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe among COCO's 80 classes."""
SIZE = (256, 256)


@dataclass(slots=True, kw_only=True)
class AnimalFinder:
    """Draws the animals that the two networks find. ``poses``: those of the last picture, in its pixels."""

    boxes: OnnxNet
    points: OnnxNet
    poses: Found | None = None

    def __call__(self, array: Array, parameters: Parameters) -> Array:
        """The drawing of a picture. Raises CorruptFile."""
        padded, unpad = working_size(array[:, :, :3], parameters.resolution)
        height, width = padded.shape[:2]
        animals = [
            animal(*find_points(self.points, padded, box, SIZE))
            for box in find_boxes(self.boxes, padded, ANIMALS)
        ]
        self.poses = {**poses_json([], width, height), "animals": animals}
        return unpad(draw_animals(animals, width, height))


def load(module: Module, files: tuple[Path, ...], device: str) -> Run:
    """Both networks; they run on the CPU whatever the device. Raises CorruptFile."""
    boxes, points = files
    return AnimalFinder(boxes=read_onnx(boxes), points=read_onnx(points))


def animal(points: Floats, scores: Floats) -> list[float]:
    """AP-10K's (17, 2) and (17,) as a flat list of 51. Raises CorruptFile for another number."""
    if points.shape != (POINTS, 2):
        text = f"the pose network answers {len(points)} points of animals, not {POINTS}"
        raise CorruptFile(text, field="module")
    return sure_points(points, scores)
