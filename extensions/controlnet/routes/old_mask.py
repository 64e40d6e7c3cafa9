"""Masks as the extension's first months read them: drawings in dark strokes, in the picture's place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PIL import Image

from extensions.controlnet.maps.algorithms import scribble_drawing
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.preprocessor import MaskUse
from extensions.controlnet.preprocessors.table import find_preprocessor
from extensions.controlnet.units.parse import ALIASES
from extensions.controlnet.units.pictures import Array, read_picture
from pipelines.plugin import InvalidRequest, encode_picture, read_base64
from sdapi.plugin import encode_base64

MASKS, IMAGES = (("mask", *ALIASES["mask"]), ("image", *ALIASES["image"]))
BLANK, FULL = 5, 250


def with_drawing(unit: Mapping[str, Any]) -> dict[str, Any]:
    """The unit with its mask's strokes, white on black, as its picture.

    A mask of one colour is dropped; with preprocessors that read masks the unit stays as it is. Raises
    InvalidRequest for a mask that can't be decoded.
    """
    name = next((key for key in MASKS if isinstance(unit.get(key), str) and unit[key]), None)
    preprocessor = find_preprocessor(str(unit.get("module") or "none"))
    if (
        name is None
        or preprocessor is None
        or preprocessor.mask is not MaskUse.REPLACES
        or unit[name].startswith("http")
    ):
        return dict(unit)
    mask = _read(unit[name], field=f"controlnet_units.{name}")
    others = {key: value for key, value in unit.items() if key not in MASKS}
    if mask.max() <= BLANK or mask.min() >= FULL:
        return others
    drawn = encode_picture(Image.fromarray(scribble_drawing(mask, Sliders())), "png", infotext=None)
    others = {key: value for key, value in others.items() if key not in IMAGES}
    return {**others, "image": encode_base64(drawn)}


def _read(text: str, *, field: str) -> Array:
    try:
        data = read_base64(text)
    except ValueError:
        raise InvalidRequest("Invalid encoded image", field=field) from None
    return read_picture(data, field=field)
