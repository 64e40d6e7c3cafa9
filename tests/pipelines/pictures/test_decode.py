"""Decoding sets pictures upright, keeps their metadata, and names the field of what is no picture."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from pipelines.contract.errors import InvalidRequest
from pipelines.pictures.decode import decode_as_stored, decode_picture
from pipelines.pictures.reading.opening import open_picture
from tests.pipelines.pictures.files import encoded, scene


@pytest.mark.parametrize("value", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_orientation(kind: str, value: int) -> None:
    tag = Image.Exif()
    tag[0x0112] = value
    more = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(scene(), kind, exif=tag, **more)
    upright = ImageOps.exif_transpose(open_picture(data)) if kind != "TIFF" else open_picture(data)
    assert decode_picture(data, field="x").tobytes() == upright.convert("RGB").tobytes()
    assert (upright.width > upright.height) is (value < 5)


@pytest.mark.parametrize("kind", ["JPEG", "AVIF"])
def test_orientation_of_lossy_files(kind: str) -> None:
    tag = Image.Exif()
    tag[0x0112] = 6
    assert decode_picture(encoded(scene(), kind, exif=tag), field="x").size == (16, 24)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize(
    "block", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\x7f", b"Exif\0\0MM\0*\0\0\0\x08\0\x01?"]
)
def test_damaged_exif_costs_nothing(kind: str, block: bytes) -> None:
    assert decode_picture(encoded(scene(), kind, exif=block), field="x").size == (24, 16)


def test_the_tag_may_repeat_without_end() -> None:
    block = b"II*\0\x08\0\0\0\xff\xff" + b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0" * 600
    assert decode_picture(encoded(scene(), exif=block), field="x").size == (16, 24)


def test_texts_stay() -> None:
    chunks = PngInfo()
    chunks.add_text("parameters", "a cat")
    data = encoded(Image.new("P", (4, 4)), pnginfo=chunks, transparency=b"\x80")
    assert decode_picture(data, field="x").info["parameters"] == "a cat"
    assert decode_as_stored(data, field="x").info["parameters"] == "a cat"


@pytest.mark.parametrize(
    ("image", "mode"),
    [
        (Image.new("P", (4, 4)), "P"),
        (Image.new("1", (4, 4)), "1"),
        (Image.new("LA", (4, 4)), "LA"),
        (Image.fromarray(np.zeros((4, 4), np.uint16)), "I;16"),
    ],
)
def test_as_stored_keeps_the_mode(image: Image.Image, mode: str) -> None:
    read = decode_as_stored(encoded(image), field="x")
    assert (read.mode, read.tobytes()) == (mode, image.tobytes())


def test_as_stored_gives_palettes_their_alpha() -> None:
    """As the original does before it takes the hash."""
    assert (
        decode_as_stored(encoded(Image.new("P", (4, 4)), transparency=b"\x80\x10"), field="x").mode == "RGBA"
    )


@pytest.mark.parametrize("data", [b"", b"no picture", encoded(scene())[:60]])
def test_what_is_no_picture_names_the_field(data: bytes) -> None:
    with pytest.raises(InvalidRequest) as caught:
        decode_picture(data, field="start.images.0")
    assert (caught.value.field, caught.value.status) == ("start.images.0", 422)
