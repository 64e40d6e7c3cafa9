"""``POST /controlnet/detect``: check, run the preprocessor, encode the maps."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from anyio.to_thread import run_sync
from PIL import Image

from extensions.controlnet.kinds import DetectRequest, DetectResult
from extensions.controlnet.maps.algorithms import ALGORITHMS, RANDOM, Sliders
from extensions.controlnet.maps.damage import naming
from extensions.controlnet.preprocessors.modules import Module, find_module
from extensions.controlnet.preprocessors.unavailable import UNAVAILABLE, unavailable
from extensions.controlnet.routes.detect_request import Detection
from extensions.controlnet.units.pictures import Array, Picture, control_input, shown, to_rgb
from extensions.controlnet.units.unit import resolution_value, slider_value
from pipelines.contract.extras_size import check_count
from pipelines.contract.limits import check_picture
from pipelines.pictures.decode import decode_image
from pipelines.pictures.encode import encode_image
from sdapi.core.state import State
from sdapi.dialects.a1111.ids import task_id
from sdapi.http.errors import ApiError
from sdapi.http.images import encode_base64
from sdapi.intent.options import resolve_options
from sdapi.jobs.submit import submit_and_wait

UNANSWERED = frozenset({"clip_vision", "revision_clipvision", "revision_ignore_prompt", "ip-adapter-auto"})
"""Names that are refused; the label of clip_vision is answered, as in the original."""


async def detect_maps(body: Detection, state: State) -> dict[str, Any]:
    """The answer's body. Raises ApiError as the original does, with its texts."""
    module = find_module(body.controlnet_module)
    if module is None:
        raise ApiError(422, "Module not available", field="controlnet_module")
    if body.controlnet_module.strip().lower() in UNANSWERED:
        raise ApiError(422, "Module not supported", field="controlnet_module")
    if not body.controlnet_input_images:
        raise ApiError(422, "No image selected", field="controlnet_input_images")
    if module.needs_mask and len(body.controlnet_masks) != len(body.controlnet_input_images):
        text = f"{body.controlnet_module} needs one mask per image in controlnet_masks"
        raise ApiError(422, text, field="controlnet_masks")
    check_count("controlnet_input_images", len(body.controlnet_input_images), state.config.limits)
    pictures = [
        await _picture(body, module, index, state) for index in range(len(body.controlnet_input_images))
    ]
    parameters = Sliders(
        resolution=resolution_value(module, body.controlnet_processor_res),
        a=slider_value(module.a, body.controlnet_threshold_a),
        b=slider_value(module.b, body.controlnet_threshold_b),
    )
    for number, picture in enumerate(pictures):
        _check_map(f"controlnet_input_images.{number}", picture, module, parameters, state)
    here = module.key in ALGORITHMS and module.key not in RANDOM
    work = _in_this_process if here else _in_an_engine
    return {**await work(pictures, module, parameters, state), "info": "Success"}


def _check_map(field: str, picture: Array, module: Module, parameters: Sliders, state: State) -> None:
    """Raise InvalidRequest for a map beyond the limits."""
    height, width = picture.shape[:2]
    factor = 1.0 if module.resolution is None else parameters.resolution / min(height, width)
    check_picture(field, width * factor, height * factor, state.config.limits)


async def _picture(body: Detection, module: Module, index: int, state: State) -> Array:
    image = await _read(body.controlnet_input_images[index], f"controlnet_input_images.{index}", state)
    mask: Array | None = None
    if (module.needs_mask or module.takes_mask) and index < len(body.controlnet_masks):
        drawn = await _read(body.controlnet_masks[index], f"controlnet_masks.{index}", state)
        mask = np.ascontiguousarray(drawn[:, :, 0])
        if mask.shape != image.shape[:2]:
            mask = np.asarray(cv2.resize(mask, (image.shape[1], image.shape[0])), np.uint8)
    return control_input(Picture(image=image, mask=mask), module, ignore_mask=True)


async def _read(value: object, field: str, state: State) -> Array:
    data = await state.images.read(value, field=field)
    return await run_sync(lambda: to_rgb(decode_image(data, field=field)))


async def _in_this_process(
    pictures: Sequence[Array], module: Module, parameters: Sliders, state: State
) -> dict[str, Any]:
    """Maps that need neither weights nor an engine's random state."""
    algorithm = ALGORITHMS[module.key]
    form = str(state.store.get("samples_format") or "png")

    def work(picture: Array) -> bytes:
        with naming("controlnet_module"):
            return encode_image(shown(algorithm(picture, parameters)), form, infotext=None)

    return {"images": [encode_base64(await run_sync(work, picture)) for picture in pictures]}


async def _in_an_engine(
    pictures: Sequence[Array], module: Module, parameters: Sliders, state: State
) -> dict[str, Any]:
    """What an engine makes of the pictures, in its turn."""
    if module.key in UNAVAILABLE:
        raise ApiError(422, unavailable(module).message, field="controlnet_module")
    options = resolve_options(state.store, None)
    request = DetectRequest(
        images=tuple([await run_sync(_png, picture) for picture in pictures]),
        module=module.key,
        resolution=parameters.resolution,
        a=parameters.a,
        b=parameters.b,
        options=options.generation,
        output=options.output,
    )
    _, result = await submit_and_wait(state, request, DetectResult, job_id=task_id("detect"))
    images = {"images": [encode_base64(image) for image in result.images]}
    return {**({} if module.tensor else images), **result.found}


def _png(picture: Array) -> bytes:
    """Lossless; a mask travels as the fourth channel."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
