"""JSON of a strange file is read within bounds, and anything wrong with it is a ValueError."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.catalog.bounded import MAX_DEPTH, parse_json, read_json
from tests.pipelines.catalog.folders import write


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2), "{", "\xff"])
def test_json(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)
    path = write(tmp_path / "x.json", text.encode("latin-1"))
    with pytest.raises(ValueError, match=r"."):
        read_json(path)
    with pytest.raises(ValueError, match="larger"):
        read_json(write(tmp_path / "y.json", b'"' + b"x" * 100 + b'"'), longest=50)
    assert parse_json("[" * MAX_DEPTH + "]" * MAX_DEPTH)


@pytest.mark.parametrize("pair", ["[]", "{}"])
def test_depth_counts_lists_and_objects_alike(pair: str) -> None:
    first = pair[0] if pair == "[]" else '{"a":'
    assert parse_json(first * (MAX_DEPTH - 1) + "1" + pair[1] * (MAX_DEPTH - 1))
    with pytest.raises(ValueError, match="nested"):
        parse_json(first * MAX_DEPTH + "1" + pair[1] * MAX_DEPTH)


def test_as_many_bytes_as_allowed_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "x.json", b"[10]")
    assert read_json(path, longest=4) == [10]
    with pytest.raises(ValueError, match="larger"):
        read_json(path, longest=3)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.json")
    with pytest.raises(ValueError, match="no ordinary file"):
        read_json(tmp_path / "x.json")


@pytest.mark.parametrize("name", ["gone.json", "folder"])
def test_a_missing_file_is_an_oserror(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match=name):
        read_json(tmp_path / name)
