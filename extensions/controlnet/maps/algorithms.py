"""The preprocessors that need no weights, on (h, w, 3 or 4) arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import cv2
import numpy as np

from extensions.controlnet.maps.shuffle import shuffle
from extensions.controlnet.units.pictures import Array
from pipelines.plugin import InvalidRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Sliders:
    """``resolution``: length of the shorter edge in pixels. ``a``, ``b``: the module's two sliders.

    ``random`` is what they draw from.
    """

    resolution: float = 512
    a: float = 0.5
    b: float = 0.5
    random: np.random.RandomState = field(default_factory=np.random.RandomState)


LARGEST = 2**25
"""Pixels that preprocessors work on at most."""
LONGEST = 2**15 - 64
"""Pixels per side at most, as OpenCV counts some sides in 15 bits."""
Work: TypeAlias = Callable[[Array, Sliders], Array]


def working_size(array: Array, resolution: float) -> tuple[Array, Callable[[Array], Array]]:
    """The picture, shorter edge at ``resolution``, edges padded up to 64; and what unpads a result.

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
    """Three equal channels."""
    return np.dstack([flat, flat, flat])


def _sized(work: Work) -> Work:
    def sized(array: Array, parameters: Sliders) -> Array:
        padded, unpad = working_size(array[:, :, :3], parameters.resolution)
        return unpad(work(padded, parameters))

    return sized


def identity(array: Array, parameters: Sliders) -> Array:
    """The picture itself."""
    return array


def canny(array: Array, parameters: Sliders) -> Array:
    """Canny edges between a low and a high threshold."""
    return grey(np.asarray(cv2.Canny(array, int(parameters.a), int(parameters.b)), np.uint8))


def invert(array: Array, parameters: Sliders) -> Array:
    """Black lines on white become white lines on black."""
    return 255 - array[:, :, :3]


def threshold(array: Array, parameters: Sliders) -> Array:
    """White where every channel exceeds the threshold."""
    return grey(np.where(array.min(axis=2) > parameters.a, 255, 0).astype(np.uint8))


def scribble_drawing(array: Array, parameters: Sliders) -> Array:
    """A drawing's dark strokes, white on black."""
    return grey(np.where(array.min(axis=2) < 127, 255, 0).astype(np.uint8))


def binary(array: Array, parameters: Sliders) -> Array:
    """White where the grey picture is at most the threshold; 0 and 255 let Otsu choose one."""
    flat = cv2.cvtColor(array, cv2.COLOR_RGB2GRAY)
    otsu = cv2.THRESH_OTSU if parameters.a in (0, 255) else 0
    return grey(np.asarray(cv2.threshold(flat, parameters.a, 255, cv2.THRESH_BINARY_INV + otsu)[1], np.uint8))


def blur_gaussian(array: Array, parameters: Sliders) -> Array:
    """Gaussian blur; padding has no part in it."""
    padded, unpad = working_size(array[:, :, :3], parameters.resolution)
    return np.asarray(cv2.GaussianBlur(unpad(padded), (0, 0), parameters.a), np.uint8)


def scribble_xdog(array: Array, parameters: Sliders) -> Array:
    """Dark strokes by a difference of Gaussians; doubling wraps around in 8 bits, as in the original."""
    narrow = np.asarray(cv2.GaussianBlur(array.astype(np.float32), (0, 0), 0.5))
    wide = np.asarray(cv2.GaussianBlur(array.astype(np.float32), (0, 0), 5.0))
    dog = (255 - (wide - narrow).min(axis=2)).clip(0, 255).astype(np.uint8)
    doubled = (2 * (255 - dog).astype(np.uint16)).astype(np.uint8)
    return grey(np.where(doubled > parameters.a, 255, 0).astype(np.uint8))


def lineart_standard(array: Array, parameters: Sliders) -> Array:
    """Dark lines on a light ground by the distance to a blurred copy."""
    x = array.astype(np.float32)
    g = np.asarray(cv2.GaussianBlur(x, (0, 0), 6.0))
    intensity = (g - x).min(axis=2).clip(0, 255)
    strong = intensity[intensity > 8]
    intensity /= max(16.0, float(np.median(strong)) if strong.size else 16.0)
    return grey((intensity * 127).clip(0, 255).astype(np.uint8))


def tile_resample(array: Array, parameters: Sliders) -> Array:
    """A coarser copy."""
    if parameters.a < 1.1:
        return array
    height, width = array.shape[:2]
    size = (max(1, int(width / parameters.a)), max(1, int(height / parameters.a)))
    return np.asarray(cv2.resize(array, size, interpolation=cv2.INTER_AREA), np.uint8)


def color_grid(array: Array, parameters: Sliders) -> Array:
    """Blocks of 64 pixels of one colour each."""
    height, width = array.shape[:2]
    k = float(parameters.resolution) / min(height, width)
    size = (round(width * k), round(height * k))
    scaled = cv2.resize(array[:, :, :3], size, interpolation=cv2.INTER_AREA)
    cells = (max(1, size[0] // 64), max(1, size[1] // 64))
    small = cv2.resize(scaled, cells, interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def recolor_luminance(array: Array, parameters: Sliders) -> Array:
    """Lightness of LAB with gamma; the original reads RGB as BGR here."""
    lab = np.asarray(cv2.cvtColor(np.ascontiguousarray(array[:, :, :3]), cv2.COLOR_BGR2LAB), np.uint8)
    return _gamma(lab[:, :, 0], parameters.a)


def recolor_intensity(array: Array, parameters: Sliders) -> Array:
    """Value of HSV with gamma."""
    hsv = np.asarray(cv2.cvtColor(np.ascontiguousarray(array[:, :, :3]), cv2.COLOR_BGR2HSV), np.uint8)
    return _gamma(hsv[:, :, 2], parameters.a)


def _gamma(flat: Array, gamma: float) -> Array:
    values = (flat.astype(np.float32) / 255.0) ** gamma
    return grey((values * 255.0).clip(0, 255).astype(np.uint8))


def content_shuffle(array: Array, parameters: Sliders) -> Array:
    """The picture's colours and textures without its shapes."""
    padded, unpad = working_size(array[:, :, :3], parameters.resolution)
    return shuffle(unpad(padded), parameters.random)


ALGORITHMS: Mapping[str, Work] = {
    "none": identity,
    "reference_only": identity,
    "reference_adain": identity,
    "reference_adain+attn": identity,
    "tile_colorfix": identity,
    "tile_colorfix+sharp": identity,
    "inpaint": identity,
    "inpaint_only": identity,
    "canny": _sized(canny),
    "invert": invert,
    "threshold": _sized(threshold),
    "blur_gaussian": blur_gaussian,
    "scribble_xdog": _sized(scribble_xdog),
    "lineart_standard": _sized(lineart_standard),
    "tile_resample": tile_resample,
    "color": color_grid,
    "recolor_luminance": recolor_luminance,
    "recolor_intensity": recolor_intensity,
    "shuffle": content_shuffle,
    "scribble": _sized(scribble_drawing),
    "binary": _sized(binary),
    "tile_gaussian": blur_gaussian,
}
"""Module key -> algorithm."""
RANDOM = frozenset({"shuffle"})
"""Those that draw from an engine's random numbers, from where an earlier generation left off."""
