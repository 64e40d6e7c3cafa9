"""The arguments of a preprocessor's function, and the size at which it works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import cv2
import numpy as np

from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import InvalidRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Sliders:
    """``resolution``: length of the shorter edge in pixels. ``a``, ``b``: the preprocessor's two sliders.

    ``random``: its source of random numbers. ``variant``: see ``Preprocessor``.
    """

    resolution: float = 512
    a: float = 0.5
    b: float = 0.5
    random: np.random.RandomState = field(default_factory=np.random.RandomState)
    variant: Any = None


LARGEST = 2**25
"""Largest number of pixels that preprocessors work on."""
LONGEST = 2**15 - 64
"""Longest side in pixels, as OpenCV counts some sides in 15 bits."""
Run: TypeAlias = Callable[[Array, Sliders], Array]
"""Makes a map: picture (h, w, 3 or 4) -> (h, w, 3 or 4), maybe of another size."""


def working_size(array: Array, resolution: float) -> tuple[Array, Callable[[Array], Array]]:
    """The picture, shorter edge at ``resolution``, padded to multiples of 64; and a function that unpads.

    Raises InvalidRequest if it would be larger than ``LARGEST``, or a side longer than ``LONGEST``.
    """
    height, width = array.shape[:2]
    k = float(resolution) / min(height, width)
    new_height, new_width = round(height * k), round(width * k)
    if new_height * new_width > LARGEST or max(new_height, new_width) > LONGEST:
        size = f"{new_width}x{new_height} pixels"
        text = f"at resolution {resolution:g} the picture becomes {size}, which is too large"
        raise InvalidRequest(text, field="module")
    kind = cv2.INTER_CUBIC if k > 1 else cv2.INTER_AREA
    scaled = np.asarray(cv2.resize(array, (new_width, new_height), interpolation=kind), np.uint8)
    bottom, right = -new_height % 64, -new_width % 64
    padded = np.pad(scaled, ((0, bottom), (0, right), (0, 0)), mode="edge")
    return padded, lambda result: np.ascontiguousarray(result[:new_height, :new_width])


def grey(flat: Array) -> Array:
    """(h, w) to (h, w, 3) with three equal channels."""
    return np.dstack([flat, flat, flat])


def call(run: Run, preprocessor: Preprocessor, array: Array, sliders: Sliders) -> Array:
    """Call a preprocessor's function on a picture, at the working size if the preprocessor is ``sized``."""
    sliders = replace(sliders, variant=preprocessor.variant)
    if not preprocessor.sized:
        return run(array, sliders)
    padded, unpad = working_size(array[:, :, :3], sliders.resolution)
    return unpad(run(padded, sliders))
