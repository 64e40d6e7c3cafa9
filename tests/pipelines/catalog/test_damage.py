"""Damage that shows without loading a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.catalog.damage import damage_of
from tests.pipelines.catalog.folders import safetensors, tensor, write

WHOLE = safetensors({"w": tensor([2, 2])}, bytes(16))


def test_a_file_that_ends_early_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "x.safetensors", WHOLE[:-1])
    assert "x.safetensors is truncated: tensor w ends beyond the file" in (damage_of(path) or "")
    path.write_bytes(WHOLE)
    assert damage_of(path) is None


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.pt", b"version https://git-lfs.github.com/spec/v1\n", "x.pt is a Git LFS pointer"),
        ("x.safetensors", b"", "x.safetensors is empty"),
        ("x.safetensors", safetensors(b"{}}"), "header is not JSON"),
        ("x.pth", b"PK\x03\x04 and no end", "x.pth is truncated: its end is missing"),
    ],
)
def test_what_it_is_instead_is_told(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    assert said in (damage_of(write(tmp_path / name, content)) or "")


def test_a_file_that_is_unchanged_is_read_once(tmp_path: Path) -> None:
    path = write(tmp_path / "x.safetensors", WHOLE)
    assert damage_of(path) is None
    before = path.stat()
    path.write_bytes(bytes(len(WHOLE)))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert damage_of(path) is None


def test_no_file_raises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path) -> None:
        raise RuntimeError("nobody thought of this")

    monkeypatch.setattr("pipelines.catalog.damage.read_header", fail)
    assert damage_of(write(tmp_path / "x.safetensors", WHOLE)) == "x.safetensors can't be read"
