"""The one opener: what it reads, what it refuses, and that nothing is started or read elsewhere."""

from __future__ import annotations

import struct
import subprocess
import zlib
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
from PIL import Image

from pipelines.pictures.reading.opening import (
    FORMATS,
    TooManyPixels,
    UnreadablePicture,
    check_size,
    open_picture,
)
from tests.pipelines.pictures.files import chunk, encoded, scene

EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 64\n%%EndComments\nshowpage\n%%EOF\n"
XPM = b'/* XPM */\nstatic char * x[] = {\n"1 1 1 1",\n"a c #ff0000",\n"a"};\n'


def refuse(*args: object, **more: object) -> NoReturn:
    """Stands in for all that starts a program."""
    raise AssertionError(f"a program is started: {args}")


@pytest.fixture
def no_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting a program fails the test."""
    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr("os.system", refuse)


@pytest.mark.usefixtures("no_programs")
@pytest.mark.parametrize(
    "data",
    [
        EPS,
        b"\xc5\xd0\xd3\xc6" + struct.pack("<6I", 30, len(EPS), 0, 0, 0, 0) + b"\xff\xff" + EPS,
        XPM,
        encoded(scene(), "EPS"),
        encoded(scene(), "ICNS"),
        encoded(scene(), "PDF"),
        b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        b"\xd7\xcd\xc6\x9a" + bytes(80),
        b"",
        b"no picture at all",
    ],
)
def test_other_formats_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadablePicture) as refused:
        open_picture(data)
    assert " at 0x" not in str(refused.value)


@pytest.mark.parametrize(
    "kind",
    ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "ICO", "PPM", "TGA", "JPEG2000", "QOI", "DDS"],
)
def test_every_allowed_format_is_read(kind: str) -> None:
    data = encoded(scene(32, 32), kind)
    assert kind in FORMATS
    assert open_picture(data).size == (32, 32)
    assert open_picture(data).format == kind


def test_paths_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(encoded(scene()))
    assert open_picture(path).size == (24, 16)
    with pytest.raises(FileNotFoundError):
        open_picture(tmp_path / "absent.png")


def test_huge_files_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    with path.open("wb") as file:
        file.truncate(513 * 2**20)
    with pytest.raises(UnreadablePicture, match="larger than 512 MiB"):
        open_picture(path)


def test_pixels_are_counted_before_they_are_decoded() -> None:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    with pytest.raises(TooManyPixels, match="too large"):
        open_picture(bomb)
    with pytest.raises(TooManyPixels, match="24x16"):
        open_picture(encoded(scene()), max_pixels=383)
    assert open_picture(encoded(scene()), max_pixels=384).size == (24, 16)


def test_size_is_told_by_the_head_alone() -> None:
    cut = encoded(Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)))[:200]
    check_size(cut, max_pixels=64 * 64)
    with pytest.raises(TooManyPixels):
        check_size(cut, max_pixels=64 * 64 - 1)
    with pytest.raises(UnreadablePicture):
        check_size(b"x", max_pixels=1)


def test_icons_may_not_hide_a_larger_picture() -> None:
    inner = encoded(scene(64, 64))
    entry = struct.pack("<BBBBHHII", 8, 8, 0, 0, 1, 32, len(inner), 22)
    with pytest.warns(UserWarning, match="not the expected size"), pytest.raises(TooManyPixels):
        open_picture(struct.pack("<HHH", 0, 1, 1) + entry + inner, max_pixels=1000)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF", "AVIF"])
def test_animations_give_their_first_frame(kind: str) -> None:
    frames = [Image.new("RGB", (16, 16), color) for color in ("red", "green", "blue")]
    more = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **more)
    red, green, blue = open_picture(data).convert("RGB").resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    assert (red > 250, green < 8, blue < 8) == (True, True, True)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "AVIF"])
def test_files_that_were_cut_are_one_kind_of_error(kind: str, share: float) -> None:
    data = encoded(Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)), kind)
    with pytest.raises(UnreadablePicture):
        open_picture(data[: int(len(data) * share)])
