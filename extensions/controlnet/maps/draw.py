"""A map by the name of its preprocessor, for other extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from extensions.controlnet.maps.run import run_preprocessor
from extensions.controlnet.maps.sliders import Sliders
from extensions.controlnet.preprocessors.table import find_preprocessor
from extensions.controlnet.units.pictures import shown
from pipelines.plugin import GenerationOptions, InvalidRequest

if TYPE_CHECKING:
    from pipelines.plugin import Services

SMALLEST, LARGEST_EDGE = 64, 2048
"""Bounds of the shorter edge at which preprocessors work."""


def draw_map(
    name: str,
    image: Image.Image,
    services: Services,
    *,
    a: float = 0.5,
    b: float = 0.5,
    mask: Image.Image | None = None,
) -> Image.Image:
    """The map of a picture, worked out at its own resolution and as large as it is.

    ``a`` and ``b`` are the preprocessor's sliders; ``mask`` is for those that read one. Raises InvalidRequest
    for a name that makes no map, MissingWeights, UnsupportedModel and CorruptFile.
    """
    preprocessor = find_preprocessor(name)
    if preprocessor is None or preprocessor.embeds or preprocessor.unavailable:
        raise InvalidRequest(f"{name} makes no maps here", field="module")
    edge = min(max(min(image.size), SMALLEST), LARGEST_EDGE)
    sliders = Sliders(resolution=edge, a=a, b=b, random=services.random)
    array = np.array(image.convert("RGB"))
    if mask is not None:
        array = np.dstack([array, np.array(mask.convert("L"))])
    made = shown(run_preprocessor(preprocessor, array, sliders, services, GenerationOptions()))
    return made if made.size == image.size else made.resize(image.size, Image.Resampling.BICUBIC)
