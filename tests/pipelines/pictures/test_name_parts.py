"""Names from patterns become names that every disk takes, in folders that lead nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.pictures.name_parts import MAX_LEVELS, PATH_BYTES, fit_folders, fit_name, name_bytes


@pytest.mark.parametrize(
    ("text", "room", "name"),
    [
        ("a cat", 255, "a cat"),
        ("a/b\x00c\x7fd\ud800e\n", 255, "a_b_c_d_e_"),
        ("abcdef", 3, "abc"),
        ("猫猫", 6, "猫猫"),
        ("猫猫", 5, "猫"),
        ("a", 0, ""),
        ("a", -3, ""),
    ],
)
def test_a_name_is_cut_between_characters(text: str, room: int, name: str) -> None:
    assert fit_name(text, room) == name


@pytest.mark.parametrize(
    ("text", "folder"),
    [
        ("", ""),
        ("a/b", "a/b"),
        ("a\\b", "a/b"),
        ("../../etc/passwd", "etc/passwd"),
        ("/root", "root"),
        ("a/./../b", "a/b"),
        (" a / b ", "a/b"),
        ("a//b/", "a/b"),
        (".. / . ", ""),
        ("...", "..."),
        ("a\nb", "a_b"),
    ],
)
def test_folders_never_lead_up(text: str, folder: str, tmp_path: Path) -> None:
    assert fit_folders(text, tmp_path) == tmp_path / folder


def test_folders_go_so_deep_and_no_deeper(tmp_path: Path) -> None:
    found = fit_folders("/".join("a" * 50), tmp_path)
    assert len(found.relative_to(tmp_path).parts) == MAX_LEVELS


def test_a_path_leaves_room_for_a_name(tmp_path: Path) -> None:
    found = fit_folders("/".join(["x" * 250] * 19), tmp_path)
    parts = found.relative_to(tmp_path).parts
    assert 0 < len(parts) < 19
    assert len(os.fsencode(found)) + 1 + name_bytes(tmp_path) < PATH_BYTES


def test_each_folder_is_cut_to_a_name(tmp_path: Path) -> None:
    assert fit_folders("y" * 300 + "/z", tmp_path).relative_to(tmp_path).parts == ("y" * 255, "z")


def test_a_folder_that_is_not_there_has_the_bytes_of_the_one_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def limits(path: Path, name: str) -> int:
        asked.append(path)
        return 143

    monkeypatch.setattr(os, "pathconf", limits, raising=False)
    assert name_bytes(tmp_path / "new" / "newer") == 143
    assert asked == [tmp_path]


@pytest.mark.parametrize("error", [OSError("no"), ValueError("no"), AttributeError("no")])
def test_without_a_known_limit_a_name_has_255_bytes(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, name: str) -> int:
        raise error

    monkeypatch.setattr(os, "pathconf", refuse, raising=False)
    assert name_bytes(tmp_path) == 255
