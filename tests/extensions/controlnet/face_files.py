"""Networks that find the faces they are told to, and the tensors of face networks' published files."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from torch import Tensor, nn

from extensions.controlnet.maps.detectors.onnx_net import FoundBox
from pipelines.families.loading.onnx_net import OnnxNet
from tests.onnx_files import Floats, write_onnx

SIDE = 640
STRIDES = (8, 16, 32)
POSE = np.array([(-16, -16), (16, -16), (0, 0), (-12, 16), (12, 16)], np.float32)
"""Key points of an upright face around its nose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A face that SCRFD answers at an anchor, in pixels of its input."""

    box: FoundBox
    points: Floats
    score: float = 0.9
    stride: int = 8
    column: int = 0
    row: int = 0
    second: bool = False


def told_face(x: float, y: float, size: float = 1.0, score: float = 0.9, second: bool = False) -> Told:
    """A face of 64 pixels, times ``size``, around a nose."""
    half = 32 * size
    box = (x - half, y - half, x + half, y + half)
    points = POSE * size + np.array([x, y], np.float32)
    return Told(box=box, points=points, score=score, column=int(x / 8), row=int(y / 8), second=second)


def tables(*faces: Told) -> list[Floats]:
    """Scores, distances to boxes and to key points, as insightface's files answer them."""
    counts = [2 * (SIDE // stride) ** 2 for stride in STRIDES]
    made = [np.zeros((count, numbers), np.float32) for numbers in (1, 4, 10) for count in counts]
    for face in faces:
        place = STRIDES.index(face.stride)
        row = 2 * (face.row * (SIDE // face.stride) + face.column) + face.second
        x, y = face.column * face.stride, face.row * face.stride
        left, top, right, bottom = face.box
        made[place][row] = face.score
        made[3 + place][row] = np.array([x - left, y - top, right - x, bottom - y]) / face.stride
        made[6 + place][row] = ((face.points - np.array([x, y])) / face.stride).flatten()
    return made


def write_scrfd(path: Path, *faces: Told) -> Path:
    """A file of SCRFD's network that finds these faces."""
    path.parent.mkdir(parents=True, exist_ok=True)
    named = {f"table {index}": table for index, table in enumerate(tables(*faces))}
    return write_onnx(path, (SIDE, SIDE), named)


def write_arcface(path: Path, embedding: Floats) -> Path:
    """A file of ArcFace's network that answers these numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_onnx(path, (112, 112), {"embedding": embedding[None]})


def told_net(outputs: Sequence[Floats]) -> tuple[OnnxNet, list[Floats]]:
    """A network that answers this, and what it was given."""
    seen: list[Floats] = []
    net = SimpleNamespace(
        setInput=seen.append, getUnconnectedOutLayersNames=list, forward=lambda names: outputs
    )
    return OnnxNet(path=Path("told.onnx"), net=net), seen


def shapes_of(network: nn.Module) -> dict[str, tuple[int, ...]]:
    """The names and shapes of a network's tensors."""
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}


def empty_tensors(network: nn.Module) -> dict[str, Tensor]:
    """Zeros of the right shapes, which take no room in a file."""
    return {name: torch.zeros(()).expand(shape) for name, shape in shapes_of(network).items()}


def filled(shapes: dict[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """Tensors that depend on their names only, about as large as trained ones."""
    return {name: _values(name, shape) for name, shape in shapes.items()}


def _values(name: str, shape: tuple[int, ...]) -> Tensor:
    random = np.random.RandomState(zlib.crc32(name.encode()))
    values = torch.from_numpy(random.standard_normal(shape)).float().reshape(shape)
    if name.endswith("num_batches_tracked"):
        return torch.zeros(shape, dtype=torch.long)
    if len(shape) in (2, 4):
        return values * (2 / np.prod(shape[1:])) ** 0.5
    if name.endswith("running_var"):
        return 1 + 0.1 * values.abs()
    return 0.1 * values + (1.0 if name.endswith("weight") else 0.0)
