"""Files are kept within a bound, read again once they change, and forgotten by age."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.adapters.cache import FileCache
from pipelines.contract.errors import CorruptFile, OverBudget
from pipelines.memory.budget import MIB, Budget


class Reader:
    """Reads a text, and notes the names."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def __call__(self, path: Path) -> str:
        self.read.append(path.name)
        text = path.read_text()
        if text.startswith("bad"):
            raise CorruptFile(f"{path.name} is bad")
        return text


@pytest.fixture
def reader() -> Reader:
    return Reader()


def file(folder: Path, name: str, size: int = 4) -> Path:
    path = folder / name
    path.write_text(name[0] * size)
    return path


def test_an_unchanged_file_is_read_once(tmp_path: Path, reader: Reader) -> None:
    cache, path = FileCache(reader, 100), file(tmp_path, "a")
    assert (cache.get(path), cache.get(path)) == ("aaaa", "aaaa")
    assert reader.read == ["a"]
    assert cache.bytes == 4


def test_another_time_or_size_means_another_file(tmp_path: Path, reader: Reader) -> None:
    cache, path = FileCache(reader, 100), file(tmp_path, "a")
    cache.get(path)
    before = path.stat()
    path.write_text("longer")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert cache.get(path) == "longer"
    path.write_text("LONGER")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert cache.get(path) == "LONGER"
    assert cache.bytes == 6


def test_the_least_recently_used_leaves_first(tmp_path: Path, reader: Reader) -> None:
    a, b, c = (file(tmp_path, name) for name in "abc")
    cache = FileCache(reader, 8)
    for path in (a, b, a, c):
        cache.get(path)
    assert cache.bytes == 8
    cache.get(a)
    assert reader.read == ["a", "b", "c"]
    cache.get(b)
    assert reader.read == ["a", "b", "c", "b"]


def test_a_file_beyond_the_bound_stays_alone(tmp_path: Path, reader: Reader) -> None:
    cache, large = FileCache(reader, 8), file(tmp_path, "large", 50)
    cache.get(file(tmp_path, "a"))
    cache.get(large)
    assert cache.bytes == 50
    cache.get(large)
    assert reader.read == ["a", "large"]


def test_a_shared_budget_takes_the_oldest_of_all(tmp_path: Path, reader: Reader) -> None:
    budget = Budget(10)
    first, second = FileCache(reader, 100, budget), FileCache(reader, 100, budget)
    first.get(file(tmp_path, "a"))
    second.get(file(tmp_path, "b"))
    first.get(tmp_path / "a")
    second.get(file(tmp_path, "c"))
    assert (first.bytes, second.bytes) == (4, 4)
    first.get(tmp_path / "a")
    assert reader.read == ["a", "b", "c"]


def test_a_hard_budget_refuses_before_reading(tmp_path: Path, reader: Reader) -> None:
    cache = FileCache(reader, 4 * MIB, Budget(MIB, hard=True))
    with pytest.raises(OverBudget, match="large") as caught:
        cache.get(file(tmp_path, "large", 2 * MIB))
    assert caught.value.field == "prompt"
    assert reader.read == []


def test_a_file_that_turns_bad_is_forgotten(tmp_path: Path, reader: Reader) -> None:
    cache, path = FileCache(reader, 100), file(tmp_path, "a")
    cache.get(path)
    path.write_text("bad file")
    for _ in range(2):
        with pytest.raises(CorruptFile):
            cache.get(path)
    assert (cache.bytes, cache.oldest()) == (0, None)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        cache.get(path)


def test_age_is_that_of_the_least_recently_used(tmp_path: Path, reader: Reader) -> None:
    budget = Budget()
    cache = FileCache(reader, 100, budget)
    assert cache.oldest() is None
    for name in "aba":
        cache.get(file(tmp_path, name) if name == "b" or not reader.read else tmp_path / name)
    assert cache.oldest() == 1
    cache.drop_oldest()
    assert cache.oldest() == 2
    cache.clear()
    assert (cache.oldest(), cache.bytes) == (None, 0)
