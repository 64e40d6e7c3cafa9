"""Small tools for script files: pictures in and out of requests, and results put together."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.limits import within
from pipelines.contract.options import OutputOptions
from pipelines.contract.requests import GenerationRequest, Img2Img
from pipelines.contract.results import GenerationResult
from pipelines.pictures.annotate import LegendStyle
from pipelines.pictures.decode import decode_picture
from pipelines.pictures.encode import encode_picture

WIDEST_MARGIN = 4096


def opened(data: bytes) -> Image.Image:
    """Decode a picture of a result to RGB."""
    return decode_picture(data, field="images").convert("RGB")


def png(picture: Image.Image, infotext: str | None = None) -> bytes:
    """A picture as PNG bytes."""
    return encode_picture(picture, "png", infotext=infotext)


def raw_png(picture: Image.Image) -> bytes:
    """A picture of any mode as PNG bytes, for masks and init images."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def source(request: GenerationRequest) -> Img2Img:
    """Return the img2img part of a request. Raises InvalidRequest if it has no init picture."""
    if request.img2img is None or not request.img2img.images:
        raise InvalidRequest("Init image not found", field="start.images")
    return request.img2img


def margin(value: object) -> int:
    """Read the pixels between the pictures of a grid, 0 for null. Raises InvalidRequest."""
    pixels = int(value) if isinstance(value, int | float | str) and value else 0
    within("script.args", pixels, 0, WIDEST_MARGIN)
    return pixels


def start_size(request: GenerationRequest) -> tuple[int, int]:
    """Width and height of the first init picture, in pixels. Raises InvalidRequest."""
    return decode_picture(source(request).images[0], field="start.images").size


def with_seed(request: GenerationRequest, seed: int) -> GenerationRequest:
    """Return the request with another seed."""
    return replace(request, seeds=replace(request.seeds, seed=seed))


def without_grid(request: GenerationRequest) -> GenerationRequest:
    """Return the request without a grid, for scripts that draw their own."""
    return replace(request, output=replace(request.output, return_grid=False, grid_save=False))


def from_picture(request: GenerationRequest, *images: Image.Image) -> GenerationRequest:
    """Return the request with other init pictures. Raises InvalidRequest if it has none."""
    start = replace(source(request), images=tuple(raw_png(i) for i in images))
    return replace(request, img2img=start)


def legend_style(output: OutputOptions) -> LegendStyle:
    """Colours and font of legends, from the options."""
    return LegendStyle(
        font=output.font,
        background=output.grid_background_color,
        active=output.grid_text_active_color,
        inactive=output.grid_text_inactive_color,
    )


def pictures(result: GenerationResult) -> tuple[bytes, ...]:
    """The samples of a result, without its grid."""
    return result.images[int(result.info.get("index_of_first_image", 0)) :]


def sample_infotexts(result: GenerationResult) -> list[str]:
    """The infotexts of the samples of a result."""
    return list(result.info["infotexts"])[int(result.info.get("index_of_first_image", 0)) :]


def combined(
    results: Sequence[GenerationResult], images: Sequence[bytes], infotexts: Sequence[str], **info: Any
) -> GenerationResult:
    """One result from several: the first one's info with changes, everyone's files and warnings."""
    first = results[0]
    return replace(
        first,
        images=tuple(images),
        info={**first.info, "infotexts": list(infotexts), **info},
        warnings=tuple(dict.fromkeys(w for r in results for w in r.warnings)),
        files=tuple(f for r in results for f in r.files),
    )
