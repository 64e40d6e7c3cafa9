"""No prompt, no pattern and no folder loses a picture; a full disk is an error of one line."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from pipelines.contract.errors import DiskFull, NotWritten
from pipelines.contract.options import OutputOptions
from pipelines.pictures.filenames import NameFacts
from pipelines.pictures.save import save_named, save_picture

PICTURE = Image.new("RGB", (8, 8), "red")
FACTS = NameFacts(image=PICTURE, seed=1, prompt="a red circle")
PLAIN = OutputOptions(save_to_dirs=False, samples_filename_pattern="[prompt]", save_txt=True)


def save(folder: Path, options: OutputOptions = PLAIN, facts: NameFacts = FACTS, suffix: str = "") -> Path:
    path = save_picture(
        PICTURE, folder, facts, options, extension="png", infotext=facts.prompt, suffix=suffix
    )
    assert path.is_file()
    assert path.resolve().is_relative_to(folder.resolve())
    assert not list(folder.rglob("*.tmp"))
    return path


@pytest.mark.parametrize(
    "prompt", ["日本語" * 60, "a\0b", "\ud800", "a" * 300, "..", "/etc/passwd", "\x1b[31m", "é" * 128, " . "]
)
@pytest.mark.parametrize(
    "pattern", ["[prompt]", "[prompt][prompt][prompt]", "[prompt_spaces]", "[prompt_hash]"]
)
def test_prompts(tmp_path: Path, prompt: str, pattern: str) -> None:
    options = replace(PLAIN, samples_filename_pattern=pattern)
    for numbered in (True, False):
        save(tmp_path, replace(options, save_images_add_number=numbered), replace(FACTS, prompt=prompt))


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "a" * 300,
            "[prompt_hash<²>]",
            "[image_hash<٣>]",
            "[seed<1>]",
            "[datetime<\ud800>]",
            "[datetime<%>]",
        ),
        *("[datetime<%Y><America>]", "[datetime<%Y></etc/passwd>]", "[prompt_hash<" + "9" * 500 + ">]"),
        *("../../x", "/x", "..", "a/../b", "a\\..\\..\\b", "./.", "x/" * 3000, "[", "]<>[<", "[none]", "CON"),
    ],
)
def test_patterns(tmp_path: Path, pattern: str) -> None:
    root = tmp_path / "root"
    save(root, replace(PLAIN, samples_filename_pattern=pattern, save_images_add_number=False))
    save(root, replace(PLAIN, save_to_dirs=True, directories_filename_pattern=pattern))
    assert os.listdir(tmp_path) == ["root"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pattern=st.text(st.sampled_from("[]<>/\\.%² \0\ud800aé日prompt_hasdtim"), max_size=60), prompt=st.text()
)
def test_any_pattern(tmp_path: Path, pattern: str, prompt: str) -> None:
    options = replace(
        PLAIN, samples_filename_pattern=pattern, directories_filename_pattern=pattern, save_to_dirs=True
    )
    save(tmp_path / "root", options, replace(FACTS, prompt=prompt))
    assert os.listdir(tmp_path) == ["root"]


def test_number_and_suffix_are_not_cut(tmp_path: Path) -> None:
    options = replace(PLAIN, samples_filename_pattern="é" * 400)
    names = [save(tmp_path, options, suffix="-mask").name for _ in range(2)]
    assert [name[:6] for name in names] == ["00000-", "00001-"]
    assert all(name.endswith("é-mask.png") and len(name.encode()) <= 255 for name in names)


def test_a_file_or_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "a red circle").touch()
    options = replace(PLAIN, save_to_dirs=True, directories_filename_pattern="[prompt_spaces]/x")
    assert save(tmp_path, options).parent == tmp_path
    (tmp_path / "a_red_circle.png").mkdir()
    assert save(tmp_path, replace(PLAIN, save_images_add_number=False)).name == "a_red_circle-1.png"


def test_digits_without_end_are_no_number(tmp_path: Path) -> None:
    (tmp_path / ("9" * 200 + ".png")).touch()
    assert save(tmp_path).name == "00000-a_red_circle.png"


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (errno.ENOSPC, DiskFull, "no room is left"),
        (errno.EDQUOT, DiskFull, "no room is left"),
        (errno.EROFS, NotWritten, "read-only"),
        (errno.EACCES, NotWritten, "no right"),
    ],
)
def test_what_disks_refuse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[DiskFull], words: str
) -> None:
    def refuse(path: Path, data: bytes) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("pipelines.pictures.save.write_file", refuse)
    with pytest.raises(kind, match=words) as caught:
        save_picture(PICTURE, tmp_path, FACTS, PLAIN, extension="png", infotext="x")
    assert "\n" not in caught.value.message


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Generator[Path]:
    """A disk of 64 KiB; skipped where none can be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no file system can be mounted here")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_disk_that_is_really_full(tiny_disk: Path) -> None:
    noise = Image.effect_noise((400, 400), 90)
    with pytest.raises(DiskFull, match="no room is left"):
        save_named(noise, tiny_disk, "large")
    assert list(tiny_disk.iterdir()) == []
    save_named(PICTURE, tiny_disk, "small")
    assert [path.name for path in tiny_disk.iterdir()] == ["small.png"]
