"""Files and their metadata."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import piexif
import pytest
from PIL import Image

from extensions.fooocus.drawing.saving import encoded, save_picture
from extensions.fooocus.kinds import Saving

IMAGE = Image.new("RGB", (8, 8), "red")


def test_pictures_lie_in_their_day_and_none_over_another(tmp_path: Path) -> None:
    saving = Saving(name="cat", extension="jpg", folder="key-a")
    paths = [save_picture(IMAGE, 0, saving, None, tmp_path)[0] for _ in range(3)]
    folder = tmp_path / "key-a" / "files" / date.today().isoformat()
    assert [path.name for path in paths] == ["cat-0.jpg", "cat-0-1.jpg", "cat-0-2.jpg"]
    assert {path.parent for path in paths} == {folder}


def test_a_png_has_two_chunks() -> None:
    made = Image.open(io.BytesIO(encoded(IMAGE, "png", "fooocus", "Grüße")))
    assert (made.info["parameters"], made.info["fooocus_scheme"]) == ("Grüße", "fooocus")
    assert "parameters" not in Image.open(io.BytesIO(encoded(IMAGE, "png", "", None))).info


@pytest.mark.parametrize("extension", ["jpg", "jpeg", "webp"])
def test_others_have_exif(extension: str) -> None:
    made = Image.open(io.BytesIO(encoded(IMAGE, extension, "a1111", "words")))
    exif: dict[str, Any] = dict(piexif.load(made.info["exif"]))
    assert "words".encode("utf-16-be") in exif["Exif"][piexif.ExifIFD.UserComment]
    assert exif["Exif"][piexif.ExifIFD.MakerNote] == b"a1111"
    assert exif["0th"][piexif.ImageIFD.Software].startswith(b"Fooocus v")
