"""``POST /controlnet/detect``: check, run the preprocessor, encode the maps."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from anyio.to_thread import run_sync
from PIL import Image
from starlette.responses import Response

from extensions.controlnet.kinds import DetectRequest, DetectResult
from extensions.controlnet.maps.damage import naming
from extensions.controlnet.maps.sliders import Sliders, call
from extensions.controlnet.preprocessors.preprocessor import MaskUse, Preprocessor, function
from extensions.controlnet.preprocessors.table import find_preprocessor
from extensions.controlnet.preprocessors.unavailable import unavailable
from extensions.controlnet.routes.detect_request import Detection
from extensions.controlnet.units.pictures import Array, Picture, control_input, shown, to_rgb
from extensions.controlnet.units.unit import resolution_value, slider_value
from pipelines.plugin import check_count, check_picture, decode_picture, encode_picture
from sdapi.plugin import (
    Accepted,
    ApiError,
    JsonResponse,
    State,
    encode_base64,
    resolve_options,
    submit_and_wait,
    task_id,
)


async def detect_maps(body: Detection, state: State) -> Response:
    """Answer a detection. Raises ApiError where the original does, with its texts."""
    preprocessor = find_preprocessor(body.controlnet_module)
    if preprocessor is None:
        raise ApiError(422, "Module not available", field="controlnet_module")
    if body.controlnet_module.strip().lower() in preprocessor.undetected:
        raise ApiError(422, "Module not supported", field="controlnet_module")
    if not body.controlnet_input_images:
        raise ApiError(422, "No image selected", field="controlnet_input_images")
    if preprocessor.mask is MaskUse.NEEDED and len(body.controlnet_masks) != len(
        body.controlnet_input_images
    ):
        text = f"{body.controlnet_module} needs one mask per image in controlnet_masks"
        raise ApiError(422, text, field="controlnet_masks")
    check_count("controlnet_input_images", len(body.controlnet_input_images), state.config.limits)
    pictures = [
        await _picture(body, preprocessor, index, state) for index in range(len(body.controlnet_input_images))
    ]
    parameters = Sliders(
        resolution=resolution_value(preprocessor, body.controlnet_processor_res),
        a=slider_value(preprocessor.a, body.controlnet_threshold_a),
        b=slider_value(preprocessor.b, body.controlnet_threshold_b),
    )
    for number, picture in enumerate(pictures):
        _check_map(f"controlnet_input_images.{number}", picture, preprocessor, parameters, state)
    here = bool(preprocessor.run) and not preprocessor.random
    work = _in_this_process if here else _in_an_engine
    found = await work(pictures, preprocessor, parameters, state)
    return found if isinstance(found, Accepted) else JsonResponse({**found, "info": "Success"})


def _check_map(
    field: str, picture: Array, preprocessor: Preprocessor, parameters: Sliders, state: State
) -> None:
    """Raise InvalidRequest for a map beyond the limits."""
    height, width = picture.shape[:2]
    factor = 1.0 if preprocessor.resolution is None else parameters.resolution / min(height, width)
    check_picture(field, width * factor, height * factor, state.config.limits)


async def _picture(body: Detection, preprocessor: Preprocessor, index: int, state: State) -> Array:
    image = await _read(body.controlnet_input_images[index], f"controlnet_input_images.{index}", state)
    mask: Array | None = None
    if preprocessor.mask in (MaskUse.TAKEN, MaskUse.NEEDED) and index < len(body.controlnet_masks):
        drawn = await _read(body.controlnet_masks[index], f"controlnet_masks.{index}", state)
        mask = np.ascontiguousarray(drawn[:, :, 0])
        if mask.shape != image.shape[:2]:
            mask = np.asarray(cv2.resize(mask, (image.shape[1], image.shape[0])), np.uint8)
    return control_input(Picture(image=image, mask=mask), preprocessor, ignore_mask=True)


async def _read(value: object, field: str, state: State) -> Array:
    data = await state.images.read(value, field=field)
    return await run_sync(lambda: to_rgb(decode_picture(data, field=field)))


async def _in_this_process(
    pictures: Sequence[Array], preprocessor: Preprocessor, parameters: Sliders, state: State
) -> dict[str, Any]:
    """Make maps here, of a preprocessor that needs neither weights nor an engine's random state."""
    run = function(preprocessor.run)
    form = str(state.store.get("samples_format") or "png")

    def work(picture: Array) -> bytes:
        with naming("controlnet_module"):
            return encode_picture(shown(call(run, preprocessor, picture, parameters)), form, infotext=None)

    return {"images": [encode_base64(await run_sync(work, picture)) for picture in pictures]}


async def _in_an_engine(
    pictures: Sequence[Array], preprocessor: Preprocessor, parameters: Sliders, state: State
) -> Accepted | dict[str, Any]:
    """Queue the pictures for an engine, and answer its maps, poses or embeddings."""
    if preprocessor.unavailable:
        raise ApiError(422, unavailable(preprocessor).message, field="controlnet_module")
    options = resolve_options(state.store, None)
    request = DetectRequest(
        images=tuple([await run_sync(_png, picture) for picture in pictures]),
        module=preprocessor.key,
        resolution=parameters.resolution,
        a=parameters.a,
        b=parameters.b,
        options=options.generation,
        output=options.output,
    )
    made = await submit_and_wait(state, request, DetectResult, job_id=task_id("detect"))
    if isinstance(made, Accepted):
        return made
    images = {"images": [encode_base64(image) for image in made.result.images]}
    return {**({} if preprocessor.embeds else images), **made.result.found}


def _png(picture: Array) -> bytes:
    """Encode a picture without loss, a mask as its fourth channel."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
