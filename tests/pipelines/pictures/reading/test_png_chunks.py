"""PNG texts are read in any state, and damage outside the pixels doesn't cost the picture."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import Any

import pytest
from PIL import Image, ImageCms

from pipelines.pictures.reading.opening import UnreadablePicture, open_picture
from pipelines.pictures.reading.png_chunks import MAX_CHUNKS, read_png, unpacked
from tests.pipelines.pictures.files import chunk, encoded, scene, with_chunks

PICTURE = scene()
LONG = b"Steps: 20, Sampler: Euler, " * 200


def texts_of(*chunks: bytes) -> Mapping[Any, Any]:
    """Return what the opener reads apart from the pixels."""
    image = open_picture(with_chunks(PICTURE, *chunks))
    assert image.tobytes() == PICTURE.tobytes()
    return image.info


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        (b"tEXt", b"parameters\0a cat", "a cat"),
        (b"tEXt", b"parameters\0" + "café".encode("latin-1"), "café"),
        (b"tEXt", b"parameters\0" + "猫 café".encode(), "猫 café"),
        (b"tEXt", b"parameters\0" + "猫, a cat".encode("utf-16"), "猫, a cat"),
        (b"tEXt", b"parameters", ""),
        (b"zTXt", b"parameters\0\0" + zlib.compress(b"packed"), "packed"),
        (b"zTXt", b"parameters\0\0" + zlib.compress("gepackt é".encode()), "gepackt é"),
        (b"zTXt", b"parameters\0\0" + b"no zlib at all", ""),
        (b"iTXt", b"parameters\0\0\0en\0\0" + "猫".encode(), "猫"),
        (b"iTXt", b"parameters\0\1\0\0\0" + zlib.compress("猫".encode()), "猫"),
        (b"iTXt", b"parameters\0\0\0\xff\0\xff\0" + "猫".encode(), "猫"),
        (b"iTXt", b"parameters\0\0\0\0\0" + "caf\xe9".encode("latin-1"), "café"),
    ],
)
def test_texts(kind: bytes, data: bytes, text: str) -> None:
    assert texts_of(chunk(kind, data))["parameters"] == text
    assert texts_of(chunk(kind, data, sound=False))["parameters"] == text, "a wrong checksum loses no text"


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (b"tEXt", b""),
        (b"tEXt", b"\0value"),
        (b"iTXt", b"parameters"),
        (b"iTXt", b"parameters\0\0"),
        (b"iTXt", b"parameters\0\0\0no more"),
        (b"zTXt", b""),
    ],
)
def test_texts_that_say_nothing_are_left_out(kind: bytes, data: bytes) -> None:
    assert texts_of(chunk(kind, data)) == {}


def test_damaged_packing_gives_what_comes_before_it() -> None:
    packed = bytearray(zlib.compress(LONG[:1000] + bytes(range(256)) * 20, 0))
    packed[4000:] = b"\xff" * 50
    found = texts_of(chunk(b"zTXt", b"parameters\0\0" + bytes(packed)))["parameters"]
    assert str(found).startswith(LONG[:1000].decode())


def test_texts_behind_the_pixels_count_and_the_last_of_a_name_wins() -> None:
    data = encoded(PICTURE)
    late = chunk(b"tEXt", b"parameters\0first") + chunk(b"tEXt", b"parameters\0last")
    assert open_picture(data[:-12] + late + data[-12:]).info["parameters"] == "last"


def test_unpacking_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zlib.compress(b"a" * 10**6, 9)
    assert len(unpacked(bomb, 1000)) == 1000
    monkeypatch.setattr("pipelines.pictures.reading.png_chunks.MAX_TEXT_BYTES", 1000)
    monkeypatch.setattr("pipelines.pictures.reading.png_chunks.MAX_ALL_TEXT_BYTES", 2500)
    texts = texts_of(*(chunk(b"zTXt", b"k%d\0\0" % n + bomb) for n in range(4)))
    assert [len(str(text)) for text in texts.values()] == [1000, 1000, 500], "all together are bounded too"


def test_chunks_are_counted() -> None:
    with pytest.raises(UnreadablePicture, match="chunks"):
        open_picture(with_chunks(PICTURE, chunk(b"tEXt", b"") * MAX_CHUNKS))
    assert len(texts_of(*(chunk(b"tEXt", b"k%d\0v" % n) for n in range(1500)))) == 1000


@pytest.mark.parametrize(
    "broken",
    [
        chunk(b"gAMA", b"\0"),
        chunk(b"cHRM", b"\0" * 31),
        chunk(b"pHYs", b""),
        chunk(b"sRGB", b""),
        chunk(b"iCCP", b"name\0\5garbage"),
        chunk(b"iCCP", b"name"),
        chunk(b"eXIf", b""),
        chunk(b"gAMA", b"\0\0\0\1", sound=False),
        chunk(b"acTL", b"\0"),
        chunk(b"fcTL", b"\0" * 3),
        chunk(b"oFFs", b"?", sound=False),
        chunk(b"\xff\xfe\0!", b"x", sound=False),
    ],
)
def test_damage_beside_the_pixels_is_passed_over(broken: bytes) -> None:
    assert "gamma" not in texts_of(broken)


def test_sound_side_chunks_and_profiles_stay() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert open_picture(encoded(PICTURE, icc_profile=profile)).info["icc_profile"] == profile
    assert texts_of(chunk(b"gAMA", struct.pack(">I", 45455)))["gamma"] == pytest.approx(0.45455)


def test_a_plain_png_passes_through() -> None:
    data = encoded(Image.new("P", (4, 4)), transparency=2)
    assert read_png(data) == (data, {})
