"""Stamps: what tells that a file, or one of a folder's, is another now."""

from __future__ import annotations

import os
from pathlib import Path

from pipelines.catalog.files import stamp, stamps_in


def test_a_folder_has_the_stamps_of_its_files(tmp_path: Path) -> None:
    for name, text in (("config.json", "{}"), ("model.safetensors", "old")):
        (tmp_path / name).write_text(text)
    before, folder = stamps_in(tmp_path), tmp_path.stat()
    (tmp_path / "model.safetensors").write_text("newer")
    os.utime(tmp_path, ns=(folder.st_atime_ns, folder.st_mtime_ns))
    assert stamps_in(tmp_path) != before
    assert stamps_in(tmp_path / "config.json") == before[:1]


def test_what_is_gone_has_none(tmp_path: Path) -> None:
    assert stamp(tmp_path / "none") is None
    assert stamps_in(tmp_path / "none") == (None,)
