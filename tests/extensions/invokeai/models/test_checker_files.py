"""The first missing file of the safety checker is named."""

from __future__ import annotations

from pathlib import Path

from extensions.invokeai.models.checker_files import FILES, FOLDER, missing_file


def test_the_first_missing_file_is_named(tmp_path: Path) -> None:
    folder = tmp_path / FOLDER
    folder.mkdir()
    for name in FILES:
        assert missing_file(tmp_path) == name
        (folder / name).touch()
    assert missing_file(tmp_path) is None
