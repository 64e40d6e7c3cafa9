"""Metadata that was written into a picture is read out of it again; foreign metadata is read too."""

from __future__ import annotations

import json
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pipelines.pictures.encode import encode_picture
from pipelines.pictures.metadata import read_metadata
from pipelines.pictures.reading.opening import open_picture
from tests.pipelines.pictures.files import chunk, encoded, exif, scene, with_chunks

TEXT = "a cat, 猫\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 12, Size: 64x64"
PICTURE = Image.new("RGB", (8, 8), "teal")
CHARACTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\0")


def info(data: bytes) -> str:
    """The infotext of an encoded picture."""
    return read_metadata(open_picture(data))[0]


@pytest.mark.parametrize("kind", ["png", "jpg", "jpeg", "webp", "avif", "PNG"])
@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "plain",
        "café",
        "Ã©",
        "ÿþa",
        "þÿ",
        "一",
        "中文",
        "N-",
        "\ufeffcat",
        "😀",
        "a\tb\r\nc",
        "ab\u0100",
    ],
)
def test_write_and_read(kind: str, text: str) -> None:
    assert info(encode_picture(PICTURE, kind, infotext=text)) == text


@pytest.mark.parametrize("text", [TEXT, "plain", "café", "Ã©", "一"])
def test_write_and_read_in_a_gif(text: str) -> None:
    """Its comments name no encoding; UTF-8 is written."""
    assert info(encode_picture(PICTURE, "gif", infotext=text)) == text


@settings(max_examples=60, deadline=None)
@given(st.text(CHARACTERS, min_size=1, max_size=30), st.sampled_from(["png", "jpg", "webp"]))
def test_any_text_survives(text: str, kind: str) -> None:
    assert info(encode_picture(PICTURE, kind, infotext=text)) == text


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(max_size=90), st.text(max_size=20), max_size=3))
def test_any_further_texts_can_be_written(texts: dict[str, str]) -> None:
    open_picture(encode_picture(PICTURE, "png", texts=texts))


@pytest.mark.parametrize("kind", ["png", "jpg", "webp", "avif", "gif"])
def test_lone_surrogates_are_replaced(kind: str) -> None:
    assert info(encode_picture(PICTURE, kind, infotext="a \ud800 cat")) == "a ? cat"


def test_long_texts_fit_into_jpeg() -> None:
    for text in ("a" * 40_000, "猫" * 20_000):
        assert info(encode_picture(PICTURE, "jpg", infotext=text)) == text
    longest = info(encode_picture(PICTURE, "jpg", infotext="猫" * 100_000))
    assert set(longest) == {"猫"}
    assert len(longest) > 20_000


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF", "PNG"])
def test_user_comments_of_others(kind: str, encoding: str, order: str) -> None:
    block = exif(b"UNICODE\0" + TEXT.encode(encoding), order)
    infotext, items = read_metadata(open_picture(encoded(scene(32, 32), kind, exif=block)))
    assert infotext == items["exif comment"] == TEXT


def test_who_wins() -> None:
    """The user comment before the PNG text, that before nothing; a GIF's comment only without EXIF."""
    comment = exif(b"ASCII\0\0\0from exif")
    texts = PngInfo()
    texts.add_text("parameters", "from text")
    assert info(encoded(PICTURE, pnginfo=texts)) == "from text"
    assert info(encoded(PICTURE, pnginfo=texts, exif=comment)) == "from exif"
    assert info(encoded(PICTURE, pnginfo=texts, exif=exif(b"ASCII\0\0\0"))) == "from text"
    assert info(encoded(PICTURE, "GIF", comment="猫 in a gif".encode())) == "猫 in a gif"
    assert info(encoded(PICTURE, "JPEG", comment=b"from comment")) == "from comment"
    assert info(encoded(PICTURE, "JPEG", comment=b"from comment", exif=comment)) == "from exif"


def test_items_are_text_and_technical_ones_are_left_out() -> None:
    data = with_chunks(
        PICTURE,
        chunk(b"tEXt", b"Title\0caf\xe9"),
        chunk(b"zTXt", b"workflow\0\0" + zlib.compress(b"{}")),
        chunk(b"pHYs", struct.pack(">IIB", 2834, 2834, 1)),
    )
    assert read_metadata(open_picture(data)) == ("", {"Title": "café", "workflow": "{}"})


NOVELAI = {"steps": 28, "sampler": "ddim", "scale": 11.0, "seed": 5, "uc": "bad", "prompt": "from comment"}


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({"Description": "cat"}, "cat"),
        ({}, "from comment"),
        ({"Comment": "no json"}, ""),
        ({"Comment": "[" * 100_000}, ""),
        ({"Comment": "3"}, ""),
        ({"Comment": json.dumps({**NOVELAI, "sampler": 3})}, ""),
        ({"Software": "other"}, ""),
    ],
)
def test_novelai_in_texts(changes: dict[str, str], first: str) -> None:
    texts = PngInfo()
    for key, value in ({"Software": "NovelAI", "Comment": json.dumps(NOVELAI)} | changes).items():
        texts.add_text(key, value)
    assert info(encoded(PICTURE, pnginfo=texts)).partition("\n")[0] == first
