"""Image prompts as units of ControlNet, which carries them out."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageOps

from extensions.fooocus.drawing.checkpoint import model_of
from extensions.fooocus.drawing.control_files import control_file
from extensions.fooocus.drawing.faces import face_of
from extensions.fooocus.drawing.maps import pyramid_canny, structure
from extensions.fooocus.drawing.reading import as_png, flat
from extensions.fooocus.kinds import ControlPicture, ControlWish, FooocusRequest
from extensions.fooocus.steering.sizes import is_sized
from pipelines.plugin import InvalidRequest, ScriptCall

if TYPE_CHECKING:
    from pipelines.plugin import LoadedModel, Services

CONTROLNET = "controlnet"
MAPPED = ("PyraCanny", "CPDS")
SIZED_OUTPUTS, OUTPUTS = 10, 13
"""Outputs of a control network, of SDXL and of all others."""
Warn = Callable[[str], None]


def prepared_pictures(
    wish: ControlWish, size: tuple[int, int], services: Services, warn: Warn
) -> list[Image.Image]:
    """Pictures for the networks, one for each image prompt; maps have the ``size`` of what is drawn."""
    return [
        _prepared(_fitted(picture, size, number), picture.kind, wish, services, warn)
        for number, picture in enumerate(wish.pictures)
    ]


def _fitted(picture: ControlPicture, size: tuple[int, int], number: int) -> Image.Image:
    """The picture; one that a map is made of covers the size, and what is beyond is cut off."""
    image = flat(picture.image, field=f"image_prompts.{number}.cn_img")
    return ImageOps.fit(image, size, Image.Resampling.LANCZOS) if picture.kind in MAPPED else image


def _prepared(
    picture: Image.Image, kind: str, wish: ControlWish, services: Services, warn: Warn
) -> Image.Image:
    if wish.as_given:
        return picture
    if kind == "PyraCanny":
        return Image.fromarray(pyramid_canny(np.asarray(picture), wish.canny_low, wish.canny_high))
    if kind == "CPDS":
        return Image.fromarray(structure(np.asarray(picture)))
    return face_of(picture, services, warn) if kind == "FaceSwap" else picture


def control_call(
    request: FooocusRequest, size: tuple[int, int], services: Services, warn: Warn
) -> ScriptCall | None:
    """The call of ControlNet, for pictures of a size; None without image prompts.

    Raises MissingWeights, InvalidRequest.
    """
    wish = request.control
    if not wish.pictures:
        return None
    if CONTROLNET not in services.settings.extensions:
        raise InvalidRequest("image prompts need the extension controlnet", field="image_prompts")
    model = model_of(request, services)
    pictures = prepared_pictures(wish, size, services, warn)
    units = [
        _unit(picture, image, wish, model, services, f"image_prompts.{number}.cn_type")
        for number, (picture, image) in enumerate(zip(wish.pictures, pictures, strict=True))
    ]
    return ScriptCall(name="ControlNet", args=tuple(units))


def _unit(
    picture: ControlPicture,
    image: Image.Image,
    wish: ControlWish,
    model: LoadedModel,
    services: Services,
    field: str,
) -> dict[str, Any]:
    outputs = SIZED_OUTPUTS if is_sized(model) else OUTPUTS
    unit: dict[str, Any] = {
        "enabled": True,
        "image": base64.b64encode(as_png(image)).decode("ascii"),
        "model": control_file(picture.kind, model.context_width, services, field=field),
        "module": "none" if picture.kind in MAPPED else _embedder(model),
        "weight": picture.weight,
        "guidance_end": picture.stop,
        "guidance_by_noise": True,
        "resize_mode": "Crop and Resize",
        "save_detected_map": False,
    }
    if picture.kind in MAPPED and wish.softness > 0:
        unit["advanced_weighting"] = _softened(picture.weight, wish.softness, outputs)
    return unit


def _embedder(model: LoadedModel) -> str:
    """The preprocessor of adapters for a kind of checkpoint; both use CLIP's ViT-H."""
    return "ip-adapter_clip_sdxl_plus_vith" if is_sized(model) else "ip-adapter_clip_sd15"


def _softened(weight: float, softness: float, count: int) -> list[float]:
    """The weight of every output: shallow ones count less."""
    last = count - 1
    return [weight * (1 - softness * (1 - number / last)) for number in range(count)]
