"""After decoding: recolour, and lay a repainted part into the unit's picture."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

from extensions.controlnet.prepare.prepared import PreparedUnit
from extensions.controlnet.units.pictures import Array, Map


def finishes(unit: PreparedUnit) -> bool:
    """Whether a unit changes decoded pictures."""
    key = unit.unit.module.key
    return key.startswith("recolor") or (key.startswith("inpaint_only") and unit.base.shape[2] == 4)


def finish_picture(image: Image.Image, unit: PreparedUnit, *, blur: int) -> Image.Image:
    """The finished picture; unchanged where sizes differ. ``blur``: width of the seam in pixels."""
    control = unit.hires if unit.hires is not None else unit.base
    picture = np.array(image.convert("RGB"))
    if control.shape[:2] != picture.shape[:2]:
        return image
    key = unit.unit.module.key
    if key == "recolor_luminance":
        return Image.fromarray(_replaced(picture, control, 0, cv2.COLOR_RGB2LAB, cv2.COLOR_LAB2RGB))
    if key == "recolor_intensity":
        return Image.fromarray(_replaced(picture, control, 2, cv2.COLOR_RGB2HSV, cv2.COLOR_HSV2RGB))
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
