"""Finish decoded pictures: recolour them, or lay the repainted part into the unit's picture."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
from PIL import Image

from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.preprocessors.effects import RecolourEffect
from extensions.controlnet.units.pictures import Array, Map

SPACES: Mapping[str, tuple[int, int, int]] = {
    "luminance": (0, cv2.COLOR_RGB2LAB, cv2.COLOR_LAB2RGB),
    "intensity": (2, cv2.COLOR_RGB2HSV, cv2.COLOR_HSV2RGB),
}
"""Kind of recolouring -> the channel that is replaced, OpenCV's codes to its colour space and back."""


def finishes(unit: PreparedUnit) -> bool:
    """True if a unit changes decoded pictures."""
    return isinstance(unit.effect, RecolourEffect) or unit.keeps_outside


def finish_picture(image: Image.Image, unit: PreparedUnit, *, blur: int) -> Image.Image:
    """The finished picture; unchanged where sizes differ. ``blur``: width of the seam in pixels."""
    control = unit.hires if unit.hires is not None else unit.base
    picture = np.array(image.convert("RGB"))
    if control.shape[:2] != picture.shape[:2]:
        return image
    if isinstance(unit.effect, RecolourEffect):
        return Image.fromarray(_replaced(picture, control, *SPACES[unit.effect.kind]))
    return Image.fromarray(_laid_in(picture, control, blur))


def _replaced(picture: Array, control: Map, channel: int, there: int, back: int) -> Array:
    values = np.array(cv2.cvtColor(picture, there))
    values[:, :, channel] = control[:, :, 0]
    return np.asarray(cv2.cvtColor(values, back), np.uint8)


def _laid_in(picture: Array, control: Map, side: int) -> Array:
    mask = np.where(control[:, :, 3] > 127, 255.0, 0.0).astype(np.float32)
    if side > 0:
        mask = np.asarray(cv2.dilate(mask, np.ones((side, side), np.uint8)), np.float32)
        mask = np.asarray(cv2.blur(mask, (side, side)), np.float32)
    share = mask[:, :, None] / 255.0
    mixed = share * picture.astype(np.float32) + (1.0 - share) * control[:, :, :3].astype(np.float32)
    return mixed.clip(0, 255).astype(np.uint8)
