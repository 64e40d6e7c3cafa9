"""Find beings of a kind in a picture and their key points, by two ONNX networks, and draw them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from extensions.controlnet.maps.detectors.onnx_net import SURE, Floats, find_boxes, find_points
from extensions.controlnet.maps.poses.people import Found
from extensions.controlnet.maps.sliders import Sliders, working_size
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import CorruptFile, OnnxNet, read_onnx

Show: TypeAlias = Callable[[Sequence[Any], int, int], tuple[Found, Array]]
"""(JSON of each being, width, height) -> the poses of a picture, its drawing (height, width, 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beings:
    """The beings to look for: ``classes`` of COCO's 80.

    ``size``: width and height of the pose network's input. ``to_json`` makes JSON of the key points (n, 2)
    and scores (n,) of one.
    """

    classes: tuple[int, ...]
    size: tuple[int, int]
    to_json: Callable[[Floats, Floats], Any]
    show: Show


@dataclass(slots=True, kw_only=True)
class PoseFinder:
    """Draws the beings that the two networks find. ``poses``: those of the last picture, in its pixels."""

    beings: Beings
    boxes: OnnxNet
    points: OnnxNet
    poses: Found | None = None

    def __call__(self, array: Array, parameters: Sliders) -> Array:
        """The drawing of a picture. Raises CorruptFile."""
        padded, unpad = working_size(array[:, :, :3], parameters.resolution)
        height, width = padded.shape[:2]
        found = [
            self.beings.to_json(*find_points(self.points, padded, box, self.beings.size))
            for box in find_boxes(self.boxes, padded, self.beings.classes)
        ]
        self.poses, drawing = self.beings.show(found, width, height)
        return unpad(drawing)


def load_finder(beings: Beings, files: tuple[Path, ...]) -> PoseFinder:
    """Both networks; they run on the CPU. Raises CorruptFile."""
    boxes, points = files
    return PoseFinder(beings=beings, boxes=read_onnx(boxes), points=read_onnx(points))


def require_points(points: Floats, count: int, beings: str) -> None:
    """Raise CorruptFile unless there are ``count`` points."""
    if points.shape != (count, 2):
        text = f"the pose network answers {len(points)} points of {beings}, not {count}"
        raise CorruptFile(text, field="module")


def sure_points(points: Floats, scores: Floats) -> list[float]:
    """OpenPose's flat list: x, y, 1.0 for each of (n, 2) whose score is above ``SURE``, else three zeros."""
    places = zip(points.tolist(), scores.tolist(), strict=True)
    triples = [[x, y, 1.0] if score > SURE else [0.0, 0.0, 0.0] for (x, y), score in places]
    return [float(value) for triple in triples for value in triple]
