"""Pictures of every mode come to eight bits without being cut."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from pipelines.pictures.reading.eight_bits import eight_bits
from pipelines.pictures.reading.opening import open_picture
from tests.pipelines.pictures.files import EIGHT, chunk, encoded, scene, with_chunks

DEEP = EIGHT.astype(np.uint16) * 257


def read(data: bytes) -> Image.Image:
    """A file's picture in eight bits."""
    return eight_bits(open_picture(data))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM", "JPEG2000"])
def test_grey_of_sixteen_bits_is_scaled(kind: str) -> None:
    image = read(encoded(Image.fromarray(DEEP), kind))
    assert image.mode == "L"
    assert np.array_equal(np.asarray(image), EIGHT)


@pytest.mark.parametrize("kind", [".png", ".tiff"])
@pytest.mark.parametrize("channels", [3, 4])
def test_colour_of_sixteen_bits_is_scaled(kind: str, channels: int) -> None:
    planes = [EIGHT, EIGHT[:, ::-1], EIGHT[::-1] // 2, 255 - EIGHT // 3][:channels]
    bgr = np.dstack(planes)
    done, data = cv2.imencode(kind, bgr.astype(np.uint16) * 257)
    image = np.asarray(read(data.tobytes()))
    assert done
    assert np.array_equal(image, bgr[:, :, [2, 1, 0, 3][:channels]])


def test_every_level_of_sixteen_bits_keeps_its_upper_eight() -> None:
    levels = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    assert np.array_equal(np.asarray(read(encoded(Image.fromarray(levels)))), levels >> 8)


@pytest.mark.parametrize(
    ("values", "levels"),
    [
        (EIGHT.astype(np.int32), EIGHT),
        (DEEP.astype(np.int32), EIGHT),
        (EIGHT.astype(np.int32) << 23, EIGHT),
        (EIGHT.astype(np.int32) - 300, EIGHT * 0),
        (EIGHT.astype(np.float32), EIGHT),
        ((EIGHT / 255).astype(np.float32), EIGHT),
        (DEEP.astype(np.float32), EIGHT),
        (np.where(EIGHT > 100, np.nan, EIGHT / 255).astype(np.float32), np.where(EIGHT > 100, 0, EIGHT)),
        (np.full_like(EIGHT, np.inf, np.float32), EIGHT * 0),
    ],
)
def test_numbers_of_thirty_two_bits_are_scaled_by_their_range(values: np.ndarray, levels: np.ndarray) -> None:
    image = read(encoded(Image.fromarray(values), "TIFF"))
    assert image.mode == "L"
    assert np.abs(np.asarray(image).astype(int) - levels).max() <= 1


def test_one_bit() -> None:
    image = read(encoded(scene().convert("1")))
    assert (image.mode, set(image.tobytes())) == ("L", {0, 255})


def test_a_palette_becomes_colours() -> None:
    palette = scene().quantize(64)
    assert read(encoded(palette)).tobytes() == palette.convert("RGB").tobytes()


@pytest.mark.parametrize("kind", ["PNG", "GIF"])
def test_a_transparent_palette_entry(kind: str) -> None:
    image = Image.new("P", (4, 2), 1)
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.putpixel((0, 0), 0)
    read_back = read(encoded(image, kind, transparency=0))
    assert read_back.mode == "RGBA"
    assert [read_back.getpixel(place) for place in ((0, 0), (1, 0))] == [(255, 0, 0, 0), (0, 255, 0, 255)]


def test_a_palette_with_many_alphas() -> None:
    image = Image.new("P", (2, 1), 0)
    image.putpalette([9, 8, 7, 1, 2, 3])
    image.putpixel((1, 0), 1)
    read_back = read(encoded(image, transparency=b"\x20\x80"))
    assert [read_back.getpixel((x, 0)) for x in (0, 1)] == [(9, 8, 7, 32), (1, 2, 3, 128)]


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_grey_with_alpha(kind: str) -> None:
    image = Image.new("LA", (2, 1), (100, 40))
    assert read(encoded(image, kind)).getpixel((0, 0)) == (100, 100, 100, 40)


def test_a_transparent_colour() -> None:
    image = Image.new("RGB", (2, 1), (1, 2, 3))
    image.putpixel((1, 0), (4, 5, 6))
    read_back = read(encoded(image, transparency=(1, 2, 3)))
    assert [read_back.getpixel((x, 0)) for x in (0, 1)] == [(1, 2, 3, 0), (4, 5, 6, 255)]


def test_a_transparent_grey_of_sixteen_bits() -> None:
    image = Image.fromarray(np.array([[500, 501]], np.uint16))
    read_back = read(with_chunks(image, chunk(b"tRNS", (500).to_bytes(2, "big"))))
    assert [read_back.getpixel((x, 0)) for x in (0, 1)] == [(1, 1, 1, 0), (1, 1, 1, 255)]


@pytest.mark.parametrize(("mode", "kind"), [("CMYK", "JPEG"), ("CMYK", "TIFF"), ("YCbCr", "JPEG")])
def test_colours_of_print_and_film(mode: str, kind: str) -> None:
    image = Image.new("RGB", (8, 8), (200, 30, 90)).convert(mode)
    colour = read(encoded(image, kind)).getpixel((4, 4))
    assert isinstance(colour, tuple)
    assert max(abs(a - b) for a, b in zip(colour, (200, 30, 90), strict=True)) <= 3
