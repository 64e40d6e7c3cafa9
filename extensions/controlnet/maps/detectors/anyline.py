"""Anyline: soft edges of an MTEED network, with thin lines laid over them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from extensions.controlnet.maps.algorithms import lineart_standard
from extensions.controlnet.maps.aux_package import aux_module, safe_loading
from extensions.controlnet.maps.damage import readable
from extensions.controlnet.maps.sliders import Run, Sliders, grey, working_size
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.pictures import Array

FAINT = 1
SMALLEST = 36
"""Connected lines of fewer pixels are dropped."""


def load(preprocessor: Preprocessor, files: tuple[Path, ...], device: str) -> Run:
    """The network of MTEED's file. Raises CorruptFile."""
    (path,) = files
    with readable(path.name), safe_loading():
        detector = aux_module("teed").TEEDdetector.from_pretrained(str(path.parent), filename=path.name)
    detector.to(device)

    def run(array: Array, parameters: Sliders) -> Array:
        padded, unpad = working_size(array[:, :, :3], parameters.resolution)
        side = min(padded.shape[:2])
        edges = detector(padded, detect_resolution=side, safe_steps=int(parameters.a), output_type="np")
        return unpad(combined(np.asarray(edges, np.uint8), lineart_standard(padded, parameters)))

    return run


def combined(edges: Array, lines: Array) -> Array:
    """Lay lines over edges, both (h, w, 3); as in the original, only the faintest lines."""
    flat = np.where(lines[:, :, 0] <= FAINT, lines[:, :, 0], 0).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(flat, connectivity=4)
    large = stats[:, cv2.CC_STAT_AREA] >= SMALLEST
    large[0] = False
    kept = flat * np.asarray(large[np.asarray(labels, np.int64)], np.uint8)
    top = grey(kept)
    # a screen blend that wraps around in 8 bits, as in the original
    mixed = (1 - (1 - top.astype(np.int64)) * (1 - edges.astype(np.int64))).astype(np.uint8)
    return np.where(top > 0, mixed, edges)
