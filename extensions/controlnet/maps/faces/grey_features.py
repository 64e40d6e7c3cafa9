"""PuLID's view of a face: face and hair in grey on white, without ears, neck, clothes and hat.

Guo et al. 2024, arXiv:2404.16022.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from extensions.controlnet.maps.faces.parsing import load_parser, parse_face
from extensions.controlnet.maps.sliders import Run, Sliders, grey
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import (
    FoundFace,
    InvalidRequest,
    RetinaFace,
    alignment,
    cut_out,
    find_faces,
    load_helper,
)

_WHITE = np.isin(np.arange(19), (0, 7, 8, 9, 14, 15, 16, 18))
"""Background, ears, earrings, neck, necklace, clothes and hat."""
LUMA = (0.299, 0.587, 0.114)


def load(preprocessor: Preprocessor, files: tuple[Path, ...], device: str) -> Run:
    """RetinaFace and BiSeNet. Raises CorruptFile."""
    detector_file, parser_file = files
    detector = load_detector(detector_file, device)
    parser = load_parser(parser_file).to(device)

    def run(array: Array, parameters: Sliders) -> Array:
        return grey_features(detector, parser, array[:, :, :3])

    return run


def load_detector(path: Path, device: str) -> RetinaFace:
    """RetinaFace on a device. Raises CorruptFile."""
    network = RetinaFace()
    load_helper(network, path, torch.device(device))
    return network


def grey_features(detector: RetinaFace, parser: nn.Module, picture: Array) -> Array:
    """(512, 512, 3), R = G = B, of the face nearest the middle of an RGB picture (h, w, 3).

    Raises InvalidRequest if there is no face.
    """
    face = central_face(detector, picture)
    return whitened(face, parse_face(parser, face))


def central_face(detector: RetinaFace, picture: Array) -> Array:
    """The face nearest the middle of an RGB picture, upright, (512, 512, 3). Raises InvalidRequest."""
    device = next(detector.parameters()).device
    bgr = np.ascontiguousarray(picture[:, :, ::-1])
    # at the picture's own size, as PuLID's authors have it
    found = find_faces(detector, bgr, device, side=None)
    middle = np.array([picture.shape[1] / 2, picture.shape[0] / 2])
    nearest = min(found, key=lambda face: distance(face, middle), default=None)
    matrix = None if nearest is None else alignment(nearest.landmarks)
    if matrix is None:
        raise InvalidRequest("no face was found in the picture", field="module")
    return np.ascontiguousarray(cut_out(bgr, matrix)[:, :, ::-1])


def distance(face: FoundFace, point: NDArray[np.float64]) -> float:
    """Pixels between the middle of its box and a point (2,)."""
    return float(np.linalg.norm(face.box.reshape(2, 2).mean(axis=0) - point))


def whitened(face: Array, labels: NDArray[np.int64]) -> Array:
    """The grey of an RGB face (h, w, 3), white where ``labels`` (h, w) are of no part of a face."""
    flat: Any = np.rint(face.astype(np.float32) @ np.array(LUMA, np.float32)).astype(np.uint8)
    return grey(np.where(_WHITE[labels], np.uint8(255), flat))
