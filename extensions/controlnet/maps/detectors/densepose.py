"""DensePose: the part of the body's surface, one of 24, that each pixel of a person shows, as a colour.

Guler, Neverova, Kokkinos 2018, arXiv:1802.00434. The network is a TorchScript file, of which the graph runs
and no Python. It reads an RGB picture (3, h, w) of bytes and answers five tensors, the first dimension of
each the people: boxes (n, 4) as left, top, right, bottom in pixels; scores of background against person
(n, 2 or more, a, b) and of the parts (n, 25, a, b), both stretched over the box; and U and V, which the map
does not need.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from extensions.controlnet.maps.detectors.torchscript import TorchScriptNet, read_script
from extensions.controlnet.maps.sliders import Run, Sliders, working_size
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import CorruptFile

PARTS = 24
ANSWERS = 5
BACKGROUND = 0
COLOURS: Mapping[str, tuple[int, tuple[int, int, int]]] = {
    "viridis": (cv2.COLORMAP_VIRIDIS, (68, 1, 84)),
    "parula": (cv2.COLORMAP_PARULA, (0, 0, 0)),
}
"""Variant -> OpenCV's colour map, RGB of the background."""


def load(preprocessor: Preprocessor, files: tuple[Path, ...], device: str) -> Run:
    """The network of a file. Raises CorruptFile."""
    (path,) = files
    script = read_script(path, device)
    palette = colours(*COLOURS[preprocessor.variant])

    def run(array: Array, parameters: Sliders) -> Array:
        padded, unpad = working_size(array[:, :, :3], parameters.resolution)
        return unpad(palette[part_map(script, padded)])

    return run


def colours(colour_map: int, background: tuple[int, int, int]) -> Array:
    """(25, 3): RGB of the background and of every part, the colour map from end to end."""
    levels = (np.arange(PARTS + 1) * (255 / PARTS)).astype(np.uint8)
    palette = np.asarray(cv2.applyColorMap(levels[:, None], colour_map), np.uint8)[:, 0, ::-1].copy()
    palette[BACKGROUND] = background
    return palette


def part_map(script: TorchScriptNet, picture: Array) -> Array:
    """(h, w) in 0..24: the part that every pixel of an RGB picture shows, 0 where nobody is.

    Of people who overlap the last one is seen. Raises CorruptFile.
    """
    height, width = picture.shape[:2]
    boxes, persons, parts = answers(script, torch.from_numpy(picture).permute(2, 0, 1))
    edges = boxes.new_tensor([width, height, width, height])
    corners = torch.minimum(boxes.clamp(min=0), edges)
    places = torch.cat([corners[:, :2], corners[:, 2:] - corners[:, :2]], dim=1).long().tolist()
    canvas = np.full((height, width), BACKGROUND, np.uint8)
    for index, (x, y, w, h) in enumerate(places):
        if w > 0 and h > 0:
            labels = box_parts(persons[index], parts[index], w, h)
            window = canvas[y : y + h, x : x + w]
            window[labels > 0] = labels[labels > 0]
    return canvas


def box_parts(persons: Tensor, parts: Tensor, width: int, height: int) -> Array:
    """(height, width) in 0..24: the likeliest part where a person is likelier than background."""
    part = _likeliest(parts, width, height)
    return (part * (_likeliest(persons, width, height) > 0)).cpu().numpy().astype(np.uint8)


def _likeliest(scores: Tensor, width: int, height: int) -> Tensor:
    stretched = nn.functional.interpolate(scores[None].float(), (height, width), mode="bilinear")
    return stretched[0].argmax(dim=0)


def answers(script: TorchScriptNet, picture: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Boxes, scores of persons, scores of parts. Raises CorruptFile for other answers."""
    made: Any = script(picture)
    count = len(made) if isinstance(made, tuple | list) else 0
    tensors = [one for one in made if isinstance(one, Tensor)] if count == ANSWERS else []
    if len(tensors) == ANSWERS:
        boxes, persons, parts = tensors[:3]
        if boxes.numel() == 0:
            return boxes.reshape(0, 4), persons, parts
        if _fits(boxes, persons, parts):
            return boxes, persons, parts
    shapes = ", ".join(str(tuple(one.shape)) for one in tensors) or "something else"
    text = f"{script.name} is no DensePose network of {PARTS} parts: it answers {shapes}"
    raise CorruptFile(text, field="module")


def _fits(boxes: Tensor, persons: Tensor, parts: Tensor) -> bool:
    count = len(boxes)
    return (
        boxes.shape == (count, 4)
        and persons.ndim == parts.ndim == 4
        and len(persons) == len(parts) == count
        and persons.shape[1] > 1
        and parts.shape[1] == PARTS + 1
    )
