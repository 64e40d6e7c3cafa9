"""The extras tab as a job: upscale with one or two upscalers, then restore faces."""

from __future__ import annotations

import numpy as np
from PIL import Image

from pipelines.contract.extras_size import OFF, enlargement
from pipelines.contract.requests import ExtrasRequest
from pipelines.contract.results import ExtrasResult
from pipelines.denoising.work import Work, pause, paused, report
from pipelines.generation.context import WorkContext
from pipelines.generation.services import Services
from pipelines.pictures.decode import decode_picture
from pipelines.pictures.encode import encode_picture
from pipelines.pictures.metadata import read_metadata
from pipelines.text.infotext.write import Value, pairs_line

Pairs = dict[str, Value]


def run_extras(request: ExtrasRequest, context: WorkContext) -> Work[ExtrasResult]:
    """Process every picture; the line of text in the result is the last one's.

    Raises InvalidRequest for unknown upscalers and pictures that can't be read, MissingWeights for face
    restorers whose files are missing.
    """
    services = context.services
    context.reporter.job("extras", batches=len(request.images))
    _check_parts(request, services)
    warnings: list[str] = []
    results: list[bytes] = []
    line = ""
    for number, data in enumerate(request.images):
        yield from pause()
        if context.control.interrupted:
            break
        picture = decode_picture(data, field=f"extras.images.{number}")
        infotext, items = read_metadata(picture)
        if picture.mode not in ("RGB", "RGBA"):
            picture = picture.convert("RGB")
        pairs: Pairs = {}
        picture = yield from _upscaled(picture, request, services, pairs)
        picture = yield from _restored(picture, request, services, pairs, warnings)
        line = pairs_line(pairs)
        texts = {k: v for k, v in items.items() if isinstance(v, str)} | {"postprocessing": line}
        results.append(_encoded(picture, request, infotext, texts))
        yield from report(batch_done=True)
    return ExtrasResult(images=tuple(results), postprocessing=line, warnings=tuple(warnings))


def _check_parts(request: ExtrasRequest, services: Services) -> None:
    """Raise what any step would for want of a file, before the first picture."""
    if request.upscaler_1 not in OFF:
        for name in (request.upscaler_1, request.upscaler_2):
            if name not in OFF:
                services.upscalers.get(name, request.options)
    for model, visibility in (
        ("GFPGAN", request.gfpgan_visibility),
        ("CodeFormer", request.codeformer_visibility),
    ):
        if visibility > 0:
            services.faces.require(model)


def _encoded(picture: Image.Image, request: ExtrasRequest, infotext: str, texts: dict[str, str]) -> bytes:
    output = request.output
    keep = output.enable_pnginfo
    return encode_picture(
        picture,
        output.samples_format,
        infotext=infotext or None if keep else None,
        texts=texts if keep else None,
        quality=output.jpeg_quality,
    )


def _upscaled(
    picture: Image.Image, request: ExtrasRequest, services: Services, pairs: Pairs
) -> Work[Image.Image]:
    if request.upscaler_1 in OFF:
        return picture
    to_size, scale = request.resize_mode == 1, enlargement(request, picture.size)
    if to_size:
        pairs["Postprocess upscale to"] = f"{request.width}x{request.height}"
    else:
        pairs["Postprocess upscale by"] = scale
    crop = to_size and request.crop
    result = yield from _one_upscaler(picture, request.upscaler_1, scale, request, services, crop)
    if crop:
        pairs["Postprocess crop to"] = f"{request.width}x{request.height}"
    pairs["Postprocess upscaler"] = request.upscaler_1
    if request.upscaler_2 not in OFF and request.upscaler_2_visibility > 0:
        second = yield from _one_upscaler(picture, request.upscaler_2, scale, request, services, crop)
        if result.mode != second.mode:  # networks answer RGB whatever they are given
            result, second = result.convert("RGB"), second.convert("RGB")
        result = Image.blend(result, second, request.upscaler_2_visibility)
        pairs["Postprocess upscaler 2"] = request.upscaler_2
    return result


def _one_upscaler(
    picture: Image.Image, name: str, scale: float, request: ExtrasRequest, services: Services, crop: bool
) -> Work[Image.Image]:
    picture = yield from paused(services.upscalers.in_pieces(name, request.options)(picture, scale))
    if not crop:
        return picture
    canvas = Image.new("RGB", (request.width, request.height))
    canvas.paste(
        picture, (request.width // 2 - picture.width // 2, request.height // 2 - picture.height // 2)
    )
    return canvas


def _restored(
    picture: Image.Image, request: ExtrasRequest, services: Services, pairs: Pairs, warnings: list[str]
) -> Work[Image.Image]:
    if request.gfpgan_visibility > 0:
        picture = yield from _blended(picture, services, "GFPGAN", 0.0, request.gfpgan_visibility, warnings)
        pairs["GFPGAN visibility"] = round(request.gfpgan_visibility, 3)
    if request.codeformer_visibility > 0:
        weight = request.codeformer_weight
        visibility = request.codeformer_visibility
        picture = yield from _blended(picture, services, "CodeFormer", weight, visibility, warnings)
        pairs["CodeFormer visibility"] = round(request.codeformer_visibility, 3)
        pairs["CodeFormer weight"] = round(request.codeformer_weight, 3)
    return picture


def _blended(
    picture: Image.Image,
    services: Services,
    model: str,
    weight: float,
    visibility: float,
    warnings: list[str],
) -> Work[Image.Image]:
    pixels = np.array(picture.convert("RGB"))
    restored = yield from paused(services.faces.restore(pixels, model, weight, warnings.append))
    result = Image.fromarray(restored)
    if visibility < 1.0:
        result = Image.blend(picture.convert("RGB"), result, visibility)
    return result
