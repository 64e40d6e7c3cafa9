"""ArcFace: the identity of a face, as 512 numbers. No torch.

Deng et al. 2019, arXiv:1801.07698; insightface's alignment.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extensions.controlnet.maps.detectors.onnx_net import Floats
from extensions.controlnet.maps.faces.scrfd import Face
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import CorruptFile, InvalidRequest, OnnxNet

SIDE = 112
TEMPLATE = np.array(
    [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)]
)
"""Eyes, nose and corners of the mouth of an aligned face, x and y in 112 x 112 pixels."""
MIDDLE = SPREAD = 127.5
"""Of the pixels that the network reads."""
NUMBERS = 512


def embed_face(net: OnnxNet, picture: Array, face: Face) -> Floats:
    """(512,), of any length, for a face of an RGB picture (h, w, 3). Raises CorruptFile, InvalidRequest."""
    aligned = align_face(picture, face.points)
    values = ((aligned.astype(np.float32) - MIDDLE) / SPREAD).transpose(2, 0, 1)[None]
    outputs = net(values)
    if len(outputs) != 1 or outputs[0].size != NUMBERS:
        shapes = ", ".join(str(one.shape) for one in outputs)
        raise CorruptFile(f"{net.path.name} is no ArcFace network: it answers {shapes}", field="module")
    return outputs[0].reshape(NUMBERS)


def align_face(picture: Array, points: Floats, side: int = SIDE) -> Array:
    """The face with key points (5, 2) in standard pose, (side, side, 3); black where the picture ends.

    ``side``: a multiple of 112. Raises InvalidRequest if the points coincide.
    """
    place = similarity(points.astype(np.float64), TEMPLATE * (side / SIDE))
    turned: Any = cv2.warpAffine(picture, place, (side, side), flags=cv2.INTER_LINEAR, borderValue=0.0)
    return np.asarray(turned, np.uint8)


def similarity(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """(2, 3): scaling, rotation and shift that bring (n, 2) closest to (n, 2) by least squares.

    Umeyama 1991; in the plane it is a division of complex numbers. Raises InvalidRequest if all points of
    ``start`` are the same.
    """
    p, q = start @ np.array([1, 1j]), end @ np.array([1, 1j])
    centred = p - p.mean()
    extent = float((np.abs(centred) ** 2).sum())
    if extent == 0:
        raise InvalidRequest("the key points of the face coincide", field="module")
    turn = complex((centred.conj() * (q - q.mean())).sum() / extent)
    shift = complex(q.mean() - turn * p.mean())
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
