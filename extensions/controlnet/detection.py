"""``POST /controlnet/detect``: check, run the preprocessor, encode the maps."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from anyio.to_thread import run_sync

from extensions.controlnet.detect_request import Detection
from extensions.controlnet.modules import Module, find_module
from extensions.controlnet.pictures import Array, Picture, control_input, shown, to_rgb
from extensions.controlnet.preprocessors import ALGORITHMS, Parameters
from extensions.controlnet.units import resolution_value, slider_value
from pipelines.images.decode import decode_image
from pipelines.images.encode import encode_image
from sdapi.errors import ApiError
from sdapi.images import encode_base64
from sdapi.state import State

UNANSWERED = frozenset({"ip-adapter-auto"})


async def detect_maps(body: Detection, state: State) -> dict[str, Any]:
    """The answer's body. Raises ApiError as the original does, with its texts."""
    module = find_module(body.controlnet_module)
    if module is None:
        raise ApiError(422, "Module not available", field="controlnet_module")
    if module.key in UNANSWERED or module.tensor:
        raise ApiError(422, "Module not supported", field="controlnet_module")
    if not body.controlnet_input_images:
        raise ApiError(422, "No image selected", field="controlnet_input_images")
    if module.needs_mask and len(body.controlnet_masks) != len(body.controlnet_input_images):
        text = f"{body.controlnet_module} needs one mask per image in controlnet_masks"
        raise ApiError(422, text, field="controlnet_masks")
    pictures = [
        await _picture(body, module, index, state) for index in range(len(body.controlnet_input_images))
    ]
    parameters = Parameters(
        resolution=resolution_value(module, body.controlnet_processor_res),
        a=slider_value(module.a, body.controlnet_threshold_a),
        b=slider_value(module.b, body.controlnet_threshold_b),
    )
    images = [await _map(picture, module, parameters, state) for picture in pictures]
    return {"images": images, "info": "Success"}


async def _picture(body: Detection, module: Module, index: int, state: State) -> Array:
    field = f"controlnet_input_images.{index}"
    image = to_rgb(
        decode_image(await state.images.read(body.controlnet_input_images[index], field=field), field=field)
    )
    mask: Array | None = None
    if (module.needs_mask or module.takes_mask) and index < len(body.controlnet_masks):
        field = f"controlnet_masks.{index}"
        mask = to_rgb(
            decode_image(await state.images.read(body.controlnet_masks[index], field=field), field=field)
        )
        mask = np.ascontiguousarray(mask[:, :, 0])
        if mask.shape != image.shape[:2]:
            mask = np.asarray(cv2.resize(mask, (image.shape[1], image.shape[0])), np.uint8)
    return control_input(Picture(image=image, mask=mask), module, ignore_mask=True)


async def _map(picture: Array, module: Module, parameters: Parameters, state: State) -> str:
    algorithm = ALGORITHMS.get(module.key)
    if algorithm is None:
        files = ", ".join(module.files) or "its weights"
        text = f"{module.key} needs {files}, which can't be run from this route yet"
        raise ApiError(422, text, field="controlnet_module")
    made = await run_sync(algorithm, picture, parameters)
    form = str(state.store.get("samples_format") or "png")
    return encode_base64(await run_sync(lambda: encode_image(shown(made), form, infotext=None)))
