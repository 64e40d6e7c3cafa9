"""Shapes of tensors are read from torch files without torch, in bounded time, and nothing is executed."""

from __future__ import annotations

import io
import os
import pickle
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

import pytest
import torch

from pipelines.catalog.pickle_shapes import read_pickle_shapes, require_bounded
from pipelines.contract.errors import CorruptFile
from tests.pipelines.catalog.bombs import BOMBS, archive, twice
from tests.pipelines.catalog.folders import write


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound that is reached at once, so that the test is quick too."""
    monkeypatch.setattr("pipelines.catalog.pickle_shapes.MAX_READS", 40_000)


def test_pickle_shapes_in_both_formats(tmp_path: Path) -> None:
    table = OrderedDict(a=torch.ones(2, 3), b={"c": torch.ones(1)})
    for new in (True, False):
        torch.save(table, tmp_path / "x.pt", _use_new_zipfile_serialization=new)
        assert read_pickle_shapes(tmp_path / "x.pt") == {"a": (2, 3), "b": {"c": (1,)}}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.usefixtures("few_steps")
def test_pickles_end_soon(tmp_path: Path, bomb: str) -> None:
    path = write(tmp_path / "x.pt", archive(BOMBS[bomb]))
    with suppress(CorruptFile):
        assert isinstance(read_pickle_shapes(path), dict)


def test_a_key_that_takes_for_ever_is_left_out(tmp_path: Path) -> None:
    assert read_pickle_shapes(write(tmp_path / "x.pt", archive(twice(64)))) == {}


def test_what_is_bounded_is_left_to_its_reader(tmp_path: Path) -> None:
    torch.save({"a": torch.ones(2)}, tmp_path / "x.pt")
    for content in ((tmp_path / "x.pt").read_bytes(), b"nonsense"):
        file = io.BytesIO(content)
        require_bounded(file, "x")
        assert file.tell() == 0


@pytest.mark.usefixtures("few_steps")
def test_what_would_never_end_is_refused_by_name() -> None:
    file = io.BytesIO(archive(BOMBS["tables in tables"]))
    with pytest.raises(CorruptFile, match=r"^x\.pt is refused"):
        require_bounded(file, "x.pt")
    assert file.tell() == 0


class Trace:
    """Unpickles into a call that makes a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.folder),)


def test_calls_in_a_file_are_not_made(tmp_path: Path) -> None:
    table = {"a": Trace(tmp_path / "made"), "b": 1}
    assert read_pickle_shapes(write(tmp_path / "x.pt", archive(pickle.dumps(table))))["b"] == 1
    assert not (tmp_path / "made").exists()


def test_too_many_entries_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.catalog.pickle_shapes.MAX_ENTRIES", 5)
    torch.save({str(number): torch.ones(1) for number in range(5)}, tmp_path / "x.pt")
    assert len(read_pickle_shapes(tmp_path / "x.pt")) == 5
    torch.save({str(number): torch.ones(1) for number in range(6)}, tmp_path / "x.pt")
    with pytest.raises(CorruptFile, match="too many entries"):
        read_pickle_shapes(tmp_path / "x.pt")


@pytest.mark.parametrize("content", [[torch.ones(1)], torch.ones(1), "text"])
def test_a_file_without_a_table_is_named(tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / "x.pt")
    with pytest.raises(CorruptFile, match=r"x\.pt"):
        read_pickle_shapes(tmp_path / "x.pt")
