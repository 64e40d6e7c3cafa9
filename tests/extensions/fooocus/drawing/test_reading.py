"""Pictures of requests become three channels, and bytes again."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from extensions.fooocus.drawing.reading import as_png, flat
from pipelines.contract.errors import InvalidRequest
from tests.sdapi.fakes import png


def test_alpha_lies_over_white() -> None:
    buffer = io.BytesIO()
    image = Image.new("RGBA", (2, 1), (0, 0, 0, 0))
    image.putpixel((1, 0), (0, 0, 0, 127))
    image.save(buffer, "PNG")
    made = flat(buffer.getvalue(), field="input_image")
    assert (made.mode, made.getpixel((0, 0)), made.getpixel((1, 0))) == ("RGB", (255,) * 3, (128,) * 3)


@pytest.mark.parametrize("mode", ["L", "RGB", "P"])
def test_other_modes_become_rgb(mode: str) -> None:
    assert flat(png(3, 2, "white", mode), field="image").mode == "RGB"


def test_what_is_no_picture_is_named_by_its_field() -> None:
    with pytest.raises(InvalidRequest) as caught:
        flat(b"nothing", field="image_prompts.1.cn_img")
    assert caught.value.field == "image_prompts.1.cn_img"


def test_bytes_are_a_png_without_texts() -> None:
    image = Image.new("RGB", (3, 2), (9, 8, 7))
    image.info["parameters"] = "a cat"
    made = Image.open(io.BytesIO(as_png(image)))
    assert (made.format, made.size, made.getpixel((2, 1)), made.info) == ("PNG", (3, 2), (9, 8, 7), {})
