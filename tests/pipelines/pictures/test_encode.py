"""Encoded pictures carry their infotext, each format in its own place."""

from __future__ import annotations

import io
from typing import Any

import piexif
import pytest
from PIL import Image

from pipelines.contract.errors import InvalidRequest
from pipelines.pictures.encode import encode_picture, user_comment
from pipelines.pictures.reading.byte_text import decode_comment
from tests.pipelines.pictures.files import scene


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def comment_of(exif: bytes) -> bytes:
    """The user comment in an EXIF block."""
    tables: dict[str, Any] = piexif.load(exif)
    return tables["Exif"][piexif.ExifIFD.UserComment]


def chunk_kinds(data: bytes) -> list[bytes]:
    """The kinds of a PNG's chunks."""
    kinds: list[bytes] = []
    at = 8
    while at < len(data):
        kinds.append(data[at + 4 : at + 8])
        at += 12 + int.from_bytes(data[at : at + 4])
    return kinds


@pytest.mark.parametrize(
    ("extension", "kind"),
    [("png", "PNG"), ("JPG", "JPEG"), ("jpeg", "JPEG"), ("webp", "WEBP"), ("gif", "GIF")],
)
def test_the_extension_chooses_the_format(extension: str, kind: str) -> None:
    assert opened(encode_picture(scene(), extension)).format == kind


def test_another_extension_names_the_option() -> None:
    with pytest.raises(InvalidRequest, match="Invalid image format: 'bmp'") as refused:
        encode_picture(scene(), "bmp")
    assert refused.value.field == "options.samples_format"


def test_png_keeps_pixels_and_texts() -> None:
    image = opened(
        encode_picture(scene(), "png", infotext="a\nSteps: 1", texts={"tiles": "on", "parameters": "x"})
    )
    assert image.tobytes() == scene().tobytes()
    assert dict(image.info) == {"parameters": "a\nSteps: 1", "tiles": "on"}


def test_png_without_an_infotext_has_no_text() -> None:
    assert chunk_kinds(encode_picture(scene(), "png")) == [b"IHDR", b"IDAT", b"IEND"]
    assert opened(encode_picture(scene(), "png", texts={"parameters": "x"})).info == {"parameters": "x"}


@pytest.mark.parametrize(("text", "kind"), [("plain", b"tEXt"), ("Ünï 円", b"iTXt")])
def test_png_text_is_latin_1_where_that_is_enough(text: str, kind: bytes) -> None:
    data = encode_picture(scene(), "png", infotext=text)
    assert kind in chunk_kinds(data)
    assert opened(data).info["parameters"] == text


def test_lone_surrogates_are_question_marks() -> None:
    assert opened(encode_picture(scene(), "png", infotext="a\ud800b")).info["parameters"] == "a?b"


@pytest.mark.parametrize("extension", ["jpg", "webp"])
def test_other_formats_carry_a_user_comment(extension: str) -> None:
    image = opened(encode_picture(scene(), extension, infotext="Grüße, 円"))
    assert comment_of(image.info["exif"]) == b"UNICODE\0" + "Grüße, 円".encode("utf-16-be")


def test_gif_carries_a_comment() -> None:
    assert opened(encode_picture(scene(), "gif", infotext="a cat")).info["comment"] == b"a cat"


def test_jpeg_drops_transparency_and_webp_can_keep_every_pixel() -> None:
    assert opened(encode_picture(scene().convert("RGBA"), "jpg")).mode == "RGB"
    assert opened(encode_picture(scene(), "webp", lossless=True)).tobytes() == scene().tobytes()


def test_quality_counts() -> None:
    assert len(encode_picture(scene(64, 64), "jpg", quality=20)) < len(
        encode_picture(scene(64, 64), "jpg", quality=95)
    )


@pytest.mark.parametrize(("extension", "side"), [("jpg", 65536), ("webp", 16384)])
def test_what_is_too_large_for_a_format_becomes_png(extension: str, side: int) -> None:
    assert encode_picture(Image.new("L", (side, 1)), extension).startswith(b"\x89PNG")


def test_a_comment_that_is_too_long_is_written_in_utf_8_and_then_cut() -> None:
    assert decode_comment(comment_of(user_comment("x" * 60, most=80))) == "x" * 60
    cut = comment_of(user_comment("x" * 100, most=80))
    assert len(cut) == 80
    assert decode_comment(cut) == "x" * 69
