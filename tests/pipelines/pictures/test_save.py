"""Files are numbered, named by pattern, written whole, and errors of the disk are raised."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipelines.contract.options import OutputOptions
from pipelines.pictures.filenames import NameFacts
from pipelines.pictures.metadata import read_metadata
from pipelines.pictures.reading.opening import open_picture
from pipelines.pictures.save import next_number, save_named, save_picture

PICTURE = Image.new("RGB", (32, 16), "teal")


def save(
    folder: Path, *, extension: str = "png", suffix: str = "", grid: bool = False, **options: Any
) -> Path:
    """Write one picture, straight into the folder."""
    plain = OutputOptions(save_to_dirs=False, grid_save_to_dirs=False, export_for_4chan=False)
    output = replace(plain, **options)
    facts = NameFacts(image=PICTURE, seed=7, prompt="a cat", basename="grid" if grid else "")
    return save_picture(
        PICTURE, folder, facts, output, extension=extension, infotext="a cat", suffix=suffix, grid=grid
    )


def test_numbers_follow_the_highest(tmp_path: Path) -> None:
    (tmp_path / "00041-x.png").touch()
    (tmp_path / "other.png").touch()
    assert save(tmp_path).name == "00042-7-a cat.png"
    assert save(tmp_path, suffix="-mask").name == "00043-7-a cat-mask.png"
    assert (next_number(tmp_path), next_number(tmp_path, "grid")) == (44, 0)
    assert save(tmp_path, grid=True).name == "grid-0000.png"


def test_without_numbers_names_are_replaced_or_counted(tmp_path: Path) -> None:
    plain: dict[str, Any] = {"save_images_add_number": False, "samples_filename_pattern": "[seed]"}
    assert [save(tmp_path, **plain).name for _ in range(2)] == ["7.png", "7.png"]
    counted: dict[str, Any] = {**plain, "save_images_replace_action": "Add number suffix"}
    assert [save(tmp_path, **counted).name for _ in range(2)] == ["7-1.png", "7-2.png"]


@pytest.mark.parametrize("extension", ["png", "jpg", "webp", "avif", "gif"])
def test_every_format_carries_the_infotext(tmp_path: Path, extension: str) -> None:
    path = save(tmp_path, extension=extension)
    assert (path.suffix, read_metadata(open_picture(path))[0]) == (f".{extension}", "a cat")
    bare = save(tmp_path, extension=extension, enable_pnginfo=False)
    assert read_metadata(open_picture(bare))[0] == ""


def test_side_files(tmp_path: Path) -> None:
    path = save(tmp_path, save_txt=True, export_for_4chan=True, target_side_length=16)
    assert path.with_suffix(".txt").read_text(encoding="utf-8") == "a cat\n"
    assert open_picture(path.with_suffix(".jpg")).size == (16, 8)
    assert not list(tmp_path.glob("*.tmp"))


def test_named_pictures_keep_their_texts(tmp_path: Path) -> None:
    image = PICTURE.copy()
    image.info = {"parameters": "a dog", "dpi": (72, 72), 3: "x"}  # pyright: ignore[reportAttributeAccessIssue]
    path = save_named(image, tmp_path / "new", "abc")
    assert path == tmp_path / "new" / "abc.png"
    assert read_metadata(open_picture(path)) == ("a dog", {"3": "x"})
