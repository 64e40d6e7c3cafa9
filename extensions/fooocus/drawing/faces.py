"""The surest face of a picture, upright, for FaceSwap."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from pipelines.plugin import (
    DETECTOR,
    MissingWeights,
    RetinaFace,
    alignment,
    cut_out,
    find_faces,
    helper_file,
    load_helper,
)

if TYPE_CHECKING:
    from pipelines.plugin import Services

NO_FACE = "FaceSwap: no face was found, so the whole picture counts"


def face_of(picture: Image.Image, services: Services, warn: Callable[[str], None]) -> Image.Image:
    """The face cut out and set upright; the whole picture where there is none, with a warning."""
    try:
        path = helper_file(services.settings.folders, DETECTOR, "FaceSwap")
    except MissingWeights as error:
        warn(f"{error.message}; the whole picture counts")
        return picture
    device = services.residency.device
    network = RetinaFace()
    load_helper(network, path, device)
    pixels = np.ascontiguousarray(np.asarray(picture)[:, :, ::-1])
    found = find_faces(network, pixels, device)
    matrix = alignment(found[0].landmarks) if found else None
    if matrix is None:
        warn(NO_FACE)
        return picture
    return Image.fromarray(np.ascontiguousarray(cut_out(pixels, matrix)[:, :, ::-1]))
