"""Pictures of units as arrays: decoding, and masks as a fourth channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from extensions.controlnet.preprocessors.preprocessor import MaskUse, Preprocessor
from extensions.controlnet.units.unit import Source
from pipelines.plugin import InvalidRequest, decode_picture

Array: TypeAlias = NDArray[np.uint8]
"""(height, width, 3 or 4) in 0..255; a fourth channel is a mask, 255 where masked."""
Map: TypeAlias = NDArray[np.uint8 | np.float32]
"""The same, fitted to a picture: maps with a mask are floats then, which may lie beyond 0..255 a little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """``image``: (h, w, 3). ``mask``: (h, w), 255 where masked, None if there was none."""

    image: Array
    mask: Array | None = None


def read_picture(data: bytes, *, field: str) -> Array:
    """RGB of an encoded picture, with transparency on white. Raises InvalidRequest."""
    return to_rgb(decode_picture(data, field=field))


def to_rgb(picture: Image.Image) -> Array:
    """RGB of a decoded picture, with transparency on white."""
    if picture.mode == "RGBA":
        values = np.array(picture).astype(np.float32)
        alpha = values[:, :, 3:4] / 255.0
        mixed = values[:, :, :3] * alpha + 255.0 * (1.0 - alpha)
        return mixed.clip(0, 255).astype(np.uint8)
    return np.array(picture.convert("RGB"))


def read_source(source: Source, *, field: str) -> Picture:
    """A unit's picture with its mask. Raises InvalidRequest."""
    image = read_picture(source.image, field=f"{field}.image")
    if source.mask is None:
        return Picture(image=image)
    mask = read_picture(source.mask, field=f"{field}.mask")[:, :, 0]
    if mask.shape != image.shape[:2]:
        raise InvalidRequest(
            f"the mask has {mask.shape[1]}x{mask.shape[0]} pixels, the image "
            f"{image.shape[1]}x{image.shape[0]}",
            field=f"{field}.mask",
        )
    return Picture(image=image, mask=mask)


def control_input(picture: Picture, preprocessor: Preprocessor, *, ignore_mask: bool) -> Array:
    """The array that the preprocessor reads: RGBA for those that read masks.

    For others a real mask takes the picture's place (a drawing on a blank canvas), unless
    ``ignore_mask`` (option controlnet_ignore_noninpaint_mask).
    """
    image, mask = picture.image, picture.mask
    if preprocessor.mask is not MaskUse.REPLACES:
        alpha = np.zeros(image.shape[:2], np.uint8) if mask is None else mask
        return np.dstack([image, alpha])
    if mask is None or ignore_mask or bool((mask <= 5).all()) or bool((mask >= 250).all()):
        return image
    return np.dstack([mask, mask, mask])


def shown(array: Map) -> Image.Image:
    """A map as clients see it: masked pixels of RGBA maps are half transparent."""
    array = as_bytes(array)
    if array.shape[2] == 4:
        alpha = (255 - array[:, :, 3].astype(np.float32) * 0.5).clip(0, 255).astype(np.uint8)
        return Image.fromarray(np.dstack([array[:, :, :3], alpha]), "RGBA")
    return Image.fromarray(array[:, :, :3])


def as_bytes(array: Map) -> Array:
    """The map in bytes; fractions are cut off, and so is what lies beyond 0..255."""
    return np.asarray(array.clip(0, 255), np.uint8)
