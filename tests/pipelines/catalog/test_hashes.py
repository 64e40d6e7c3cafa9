"""Hashes are right, remembered, and shared between processes."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, current_thread
from time import sleep

import pytest

from pipelines.catalog.hashes import HashCache, file_sha256, legacy_hash, network_sha256
from tests.pipelines.catalog.folders import safetensors, tensor, write


def test_whole_file(tmp_path: Path) -> None:
    content = bytes(range(256)) * 10_000
    assert file_sha256(write(tmp_path / "x", content)) == hashlib.sha256(content).hexdigest()


def test_legacy_hash(tmp_path: Path) -> None:
    content = bytes(0x100000) + bytes(range(256)) * 1000
    expected = hashlib.sha256(content[0x100000 : 0x100000 + 0x10000]).hexdigest()[:8]
    assert legacy_hash(write(tmp_path / "x", content)) == expected
    assert legacy_hash(write(tmp_path / "short")) == "e3b0c442"
    assert legacy_hash(tmp_path / "missing") == "NOFILE"


def test_network_hash_leaves_the_header_out(tmp_path: Path) -> None:
    content = safetensors({"__metadata__": {"a": "b"}, "w": tensor([1])}, b"1234")
    assert network_sha256(write(tmp_path / "x.safetensors", content)) == hashlib.sha256(b"1234").hexdigest()
    assert network_sha256(write(tmp_path / "x.pt", b"1234")) == hashlib.sha256(b"1234").hexdigest()


def test_a_hash_is_remembered_until_the_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, table = write(tmp_path / "x", b"one"), tmp_path / "cache" / "hashes.json"
    first = HashCache(table).sha256(path)
    again = HashCache(table)
    assert again.known(path) == first
    path.write_bytes(b"two!")
    assert again.known(path) is None
    assert again.sha256(path) == hashlib.sha256(b"two!").hexdigest()


def test_a_new_time_makes_a_hash_stale(tmp_path: Path) -> None:
    path, cache = write(tmp_path / "x", b"one"), HashCache(tmp_path / "hashes.json")
    cache.sha256(path)
    os.utime(path, (1, 1))
    assert cache.known(path) is None


def test_a_file_is_hashed_once_however_many_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, cache = write(tmp_path / "x", b"one"), HashCache(tmp_path / "hashes.json")
    read, go_on = list[str](), Event()

    def slow(path: Path, offset: int = 0) -> str:
        read.append(current_thread().name)
        assert go_on.wait(30)
        return file_sha256(path, offset)

    monkeypatch.setattr("pipelines.catalog.hashes.file_sha256", slow)
    cache.begin(path)
    with ThreadPoolExecutor(3) as threads:
        asked = [threads.submit(cache.sha256, path) for _ in range(3)]
        while not read:
            sleep(0.01)
        go_on.set()
        assert {future.result(30) for future in asked} == {hashlib.sha256(b"one").hexdigest()}
    cache.begin(path)
    assert len(read) == 1


def test_what_is_begun_is_computed_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, cache = write(tmp_path / "x", b"one"), HashCache(tmp_path / "hashes.json")
    names = list[str]()

    def note(path: Path, offset: int = 0) -> str:
        names.append(current_thread().name)
        return file_sha256(path, offset)

    monkeypatch.setattr("pipelines.catalog.hashes.file_sha256", note)
    HashCache(tmp_path / "hashes.json", enabled=False).begin(path)
    cache.begin(path)
    while cache.known(path) is None:
        sleep(0.01)
    assert names == ["hash x"]


def test_who_waits_hears_of_a_failure_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, offset: int = 0) -> str:
        raise MemoryError

    path, cache = write(tmp_path / "x", b"one"), HashCache(tmp_path / "hashes.json")
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.catalog.hashes.file_sha256", fail)
        with pytest.raises(MemoryError):
            cache.sha256(path)
    assert cache.sha256(path) == hashlib.sha256(b"one").hexdigest()


def test_hashing_can_be_off(tmp_path: Path) -> None:
    path, table = write(tmp_path / "x"), tmp_path / "hashes.json"
    off = HashCache(table, enabled=False)
    assert off.sha256(path) is None
    on = HashCache(table).sha256(path)
    assert off.sha256(path) == on


def test_kinds_are_kept_apart(tmp_path: Path) -> None:
    path = write(tmp_path / "x.safetensors", safetensors({"w": tensor([1])}, b"1234"))
    cache = HashCache(tmp_path / "hashes.json")
    assert cache.network_sha256(path) != cache.sha256(path)
    assert cache.known(path, "network") == hashlib.sha256(b"1234").hexdigest()


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"file:x": 3}'])
def test_a_broken_table_counts_as_empty(tmp_path: Path, content: bytes) -> None:
    table, path = write(tmp_path / "hashes.json", content), write(tmp_path / "x")
    assert HashCache(table).known(path) is None
    assert HashCache(table).sha256(path) == HashCache(table).known(path)


def test_an_unwritable_table_stays_in_memory(tmp_path: Path) -> None:
    write(tmp_path / "file")
    cache, path = HashCache(tmp_path / "file" / "hashes.json"), write(tmp_path / "x")
    assert cache.sha256(path) == cache.known(path)


def test_missing_files_have_no_hash(tmp_path: Path) -> None:
    assert HashCache(tmp_path / "hashes.json").sha256(tmp_path / "gone") is None


def _hash_all(table: Path, files: list[Path]) -> None:
    cache = HashCache(table)
    for path in files:
        cache.sha256(path)


def test_two_processes_lose_nothing(tmp_path: Path) -> None:
    files = [write(tmp_path / f"{i}.bin", bytes([i])) for i in range(40)]
    table = tmp_path / "hashes.json"
    context = multiprocessing.get_context("fork" if os.name == "posix" else "spawn")
    halves = [context.Process(target=_hash_all, args=(table, files[i::2])) for i in range(2)]
    for process in halves:
        process.start()
    for process in halves:
        process.join()
    assert all(HashCache(table).known(path) for path in files)
