"""The preprocessors that need no weights, on (h, w, 3 or 4) arrays."""

from __future__ import annotations

import cv2
import numpy as np

from extensions.controlnet.maps.shuffle import shuffle
from extensions.controlnet.maps.sliders import Sliders, grey, working_size
from extensions.controlnet.units.pictures import Array


def identity(array: Array, parameters: Sliders) -> Array:
    """Return the picture as its own map."""
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
    """Gaussian blur of the scaled picture without padding."""
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
    """Shrink a picture by slider a; below 1.1 it stays as it is."""
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
