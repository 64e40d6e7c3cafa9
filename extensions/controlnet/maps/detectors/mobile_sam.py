"""MobileSAM: everything in a picture, each thing in a colour of its own.

Zhang et al. 2023, arXiv:2306.14289; the network is controlnet-aux's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from extensions.controlnet.maps.aux_package import aux_module, safe_loading
from extensions.controlnet.maps.damage import readable
from extensions.controlnet.maps.sliders import Run, Sliders, working_size
from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.pictures import Array


def load(preprocessor: Preprocessor, files: tuple[Path, ...], device: str) -> Run:
    """The network of a file. Raises CorruptFile."""
    (path,) = files
    package = aux_module("segment_anything")
    with readable(path.name), safe_loading():
        network = package.sam_model_registry["vit_t"](checkpoint=str(path))
    generator = package.SamAutomaticMaskGenerator(network.to(device))

    def run(array: Array, parameters: Sliders) -> Array:
        padded, unpad = working_size(array[:, :, :3], parameters.resolution)
        things = generator.generate(padded)
        return unpad(coloured(things, padded.shape[:2], parameters.random))

    return run


def coloured(
    things: Sequence[Mapping[str, Any]], shape: tuple[int, ...], random: np.random.RandomState
) -> Array:
    """(h, w, 3): masks in random colours, small ones over large ones; black where nothing was found."""
    canvas = np.zeros((*shape, 3), np.uint8)
    for thing in sorted(things, key=lambda one: int(one["area"]), reverse=True):
        colour = [int(random.randint(255, dtype=np.uint8)) for _ in range(3)]
        canvas[np.asarray(thing["segmentation"], np.bool_)] = colour
    return canvas
