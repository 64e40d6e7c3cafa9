"""Files are replaced whole or not at all, and a disk that refuses them is named in one line."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from pipelines.catalog.disk import refusal, telling, write_file
from pipelines.contract.errors import DiskFull, NotWritten
from tests.pipelines.catalog.folders import write


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("durable", [True, False])
def test_a_file_is_written_with_its_folders(tmp_path: Path, durable: bool) -> None:
    path = tmp_path / "new" / "below" / "x"
    write_file(path, b"first", durable=durable)
    write_file(path, b"second", durable=durable)
    assert path.read_bytes() == b"second"
    assert names_in(path.parent) == ["x"]


def test_only_a_durable_write_waits_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[int] = []
    monkeypatch.setattr(os, "fsync", waited.append)
    write_file(tmp_path / "x", b"a")
    assert waited == []
    write_file(tmp_path / "x", b"a", durable=True)
    assert len(waited) == 1


def test_a_failed_write_leaves_the_old_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    path = write(tmp_path / "x", b"old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="full"):
        write_file(path, b"new", durable=True)
    assert path.read_bytes() == b"old"
    assert names_in(tmp_path) == ["x"]


def test_a_folder_in_the_way_stays(tmp_path: Path) -> None:
    write(tmp_path / "x" / "inside")
    words = r"^can't save x: a folder is in the place.*; move the folder$"
    with pytest.raises(NotWritten, match=words), telling("save x", "move the folder"):
        write_file(tmp_path / "x", b"new")
    assert names_in(tmp_path) == ["x"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_or_quota_is_its_own_error(number: int) -> None:
    error = refusal(OSError(number, "no"), "save the picture", "choose another folder")
    assert type(error) is DiskFull
    assert error.message.startswith("can't save the picture: no room is left")
    assert error.message.endswith("or choose another folder")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EROFS, "the disk is read-only"),
        (errno.EACCES, "the server has no right to write there"),
        (errno.EISDIR, "a folder is in the place of the file"),
        (errno.ENOTDIR, "a file is in the place of a folder"),
    ],
)
def test_a_known_reason_is_in_plain_words(number: int, words: str) -> None:
    error = refusal(OSError(number, os.strerror(number)), "save", "try again")
    assert type(error) is NotWritten
    assert error.message == f"can't save: {words}; try again"


def test_an_unknown_reason_is_the_systems_own() -> None:
    assert refusal(OSError(errno.EMFILE, "too many"), "save", "wait").message == "can't save: too many; wait"
    assert refusal(OSError("odd"), "save", "wait").message == "can't save: odd; wait"


def test_other_errors_pass() -> None:
    with pytest.raises(KeyError), telling("save", "wait"):
        raise KeyError("x")
