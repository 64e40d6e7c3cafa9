"""Files of pictures and their thumbnails."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from extensions.invokeai.store.errors import ImageFileNotFoundException
from extensions.invokeai.store.image_files import ImageFiles


def thumbnail(files: ImageFiles) -> Image.Image:
    return Image.open(io.BytesIO(files.path("a.png", thumbnail=True).read_bytes()))


@pytest.fixture
def files(tmp_path: Path) -> ImageFiles:
    return ImageFiles(tmp_path)


def test_a_picture_lies_beside_its_thumbnail(files: ImageFiles, tmp_path: Path) -> None:
    files.save("a.png", Image.new("RGB", (600, 300), "red"), {"invokeai_metadata": '{"seed": 1}'})
    place = tmp_path / "outputs" / "images"
    assert files.path("a.png") == place / "a.png"
    assert files.path("a.png", thumbnail=True) == place / "thumbnails" / "a.webp"
    assert {path.name for path in place.rglob("*") if path.is_file()} == {"a.png", "a.webp"}
    image = files.open("a.png")
    assert (image.size, image.info["invokeai_metadata"]) == ((600, 300), '{"seed": 1}')
    assert thumbnail(files).size == (256, 128)


@pytest.mark.parametrize(
    ("mode", "stored"),
    [
        ("L", "L"),
        ("RGBA", "RGBA"),
        ("LA", "LA"),
        ("I;16", "I;16"),
        ("CMYK", "RGB"),
        ("F", "RGB"),
    ],
)
def test_modes_that_a_png_has_are_kept(mode: str, stored: str, files: ImageFiles) -> None:
    files.save("a.png", Image.new(mode, (8, 8)), {})
    assert files.open("a.png").mode == stored
    small = thumbnail(files)
    assert (small.size, small.mode in ("RGB", "RGBA")) == ((8, 8), True)


@pytest.mark.parametrize("name", ["", ".", "..", ".hidden.png", "../a.png", "a/b.png", "/etc/passwd"])
def test_a_name_that_leads_elsewhere_is_refused(name: str, files: ImageFiles) -> None:
    with pytest.raises(ImageFileNotFoundException, match="no name of a picture"):
        files.path(name)


def test_a_file_that_is_gone_is_named(files: ImageFiles) -> None:
    with pytest.raises(ImageFileNotFoundException, match=r"picture a\.png is gone"):
        files.open("a.png")


def test_both_files_are_removed_and_twice_is_no_error(files: ImageFiles) -> None:
    files.save("a.png", Image.new("L", (8, 8)), {})
    for _ in range(2):
        files.delete("a.png")
        assert not files.path("a.png").exists()
        assert not files.path("a.png", thumbnail=True).exists()
