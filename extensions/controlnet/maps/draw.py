"""Draw a map by the name of its preprocessor, for other extensions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from extensions.controlnet.maps.poses.openpose import draw_pose
from extensions.controlnet.maps.poses.people import drawable
from extensions.controlnet.maps.run import loaded_preprocessor, run_preprocessor
from extensions.controlnet.maps.sliders import Sliders, working_size
from extensions.controlnet.preprocessors.table import find_preprocessor
from extensions.controlnet.units.pictures import shown
from pipelines.plugin import GenerationOptions, InvalidRequest

if TYPE_CHECKING:
    from pipelines.plugin import Services

SMALLEST, LARGEST_EDGE = 64, 2048
"""Bounds of the shorter edge at which preprocessors work."""


def draw_map(
    name: str,
    picture: Image.Image,
    services: Services,
    *,
    a: float = 0.5,
    b: float = 0.5,
    mask: Image.Image | None = None,
) -> Image.Image:
    """The map of a picture, made at the picture's resolution and of its size.

    ``a`` and ``b`` are the preprocessor's sliders; ``mask`` is for those that read one. Raises InvalidRequest
    for a name that makes no map, MissingWeights, UnsupportedModel and CorruptFile.
    """
    preprocessor = find_preprocessor(name)
    if preprocessor is None or preprocessor.embeds or preprocessor.unavailable:
        raise InvalidRequest(f"{name} makes no maps here", field="module")
    sliders = Sliders(resolution=_edge(picture), a=a, b=b, random=services.random)
    array = np.array(picture.convert("RGB"))
    if mask is not None:
        array = np.dstack([array, np.array(mask.convert("L"))])
    return _fitted(
        shown(run_preprocessor(preprocessor, array, sliders, services, GenerationOptions())), picture
    )


def draw_people(
    picture: Image.Image, services: Services, *, body: bool = True, hands: bool = True, face: bool = True
) -> Image.Image:
    """Draw these parts of the people that DWPose finds. Raises MissingWeights and CorruptFile."""
    draw_map("dw_openpose_full", picture, services)
    found = loaded_preprocessor(services).poses
    if found is None:
        raise InvalidRequest("dw_openpose_full found no poses", field="module")
    people = [drawable(person, body=body) for person in found["people"]]
    chosen = [replace(one, hands=one.hands if hands else (), face=one.face if face else ()) for one in people]
    _, unpad = working_size(np.array(picture.convert("RGB")), _edge(picture))
    drawing = draw_pose(chosen, found["canvas_width"], found["canvas_height"])
    return _fitted(shown(unpad(drawing)), picture)


def _edge(picture: Image.Image) -> int:
    return min(max(min(picture.size), SMALLEST), LARGEST_EDGE)


def _fitted(made: Image.Image, picture: Image.Image) -> Image.Image:
    return made if made.size == picture.size else made.resize(picture.size, Image.Resampling.BICUBIC)
