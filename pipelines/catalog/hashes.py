"""SHA-256 sums of model files, remembered on disk with the files' times."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Generator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, Thread
from typing import Any, cast

from pipelines.catalog.bounded import read_json
from pipelines.catalog.disk import write_file
from pipelines.catalog.files import stamp
from pipelines.catalog.safetensors_header import read_header
from pipelines.contract.errors import CorruptFile

log = logging.getLogger(__name__)

LOCK_WAIT = 5.0
"""Seconds to wait for another process that writes the table."""
LEGACY_OFFSET, LEGACY_LENGTH = 0x100000, 0x10000


def file_sha256(path: Path, offset: int = 0) -> str:
    """Hash a file from ``offset`` on: hex SHA-256; OpenSSL lets other threads go on meanwhile."""
    with path.open("rb") as file:
        file.seek(offset)
        return hashlib.file_digest(file, "sha256").hexdigest()


def legacy_hash(path: Path) -> str:
    """Compute A1111's old 8-digit hash of 64 KiB in the second MiB; ``NOFILE`` for a missing file."""
    try:
        with path.open("rb") as file:
            file.seek(LEGACY_OFFSET)
            return hashlib.sha256(file.read(LEGACY_LENGTH)).hexdigest()[:8]
    except OSError:
        return "NOFILE"


def network_sha256(path: Path) -> str:
    """Hash a LoRA's tensors: what follows the header of a safetensors file, else the whole file."""
    safetensors = path.suffix.lower() == ".safetensors"
    return file_sha256(path, read_header(path).data_offset if safetensors else 0)


class HashCache:
    """Hashes by (kind, path), valid while the file's time and size stay the same.

    The table is one JSON file, replaced atomically and merged under a lock, so that several processes
    and threads may share it; a table that can't be read counts as empty, one that can't be written stays in
    memory. What several threads ask for at once is computed by one of them.
    ``enabled`` False computes nothing (``--no-hashing``).
    """

    def __init__(self, table: Path, *, enabled: bool = True) -> None:
        self._table = table
        self._enabled = enabled
        self._entries: dict[str, list[Any]] = {}
        self._read_stamp: tuple[int, int] | None = None
        self._lock = Lock()
        self._told = False
        self._running: dict[str, Future[str | None]] = {}

    def known(self, path: Path, kind: str = "file") -> str | None:
        """Return the remembered hash, or None; never reads the file itself."""
        entry = self._current().get(_key(path, kind))
        now = stamp(path)
        if entry is None or now is None or entry[:2] != list(now):
            return None
        return str(entry[2])

    def begin(self, path: Path) -> None:
        """Compute a file's hash on a thread of its own unless it is known; ``sha256`` waits for it."""
        if self._enabled and self.known(path) is None:
            Thread(target=self._compute, args=(path, "file"), name=f"hash {path.name}", daemon=True).start()

    def sha256(self, path: Path) -> str | None:
        """Return the file's hash, computed at need; None if hashing is off or the file can't be read."""
        return self._compute(path, "file")

    def network_sha256(self, path: Path) -> str | None:
        """Return the hash of a network's tensors, computed at need; None as for ``sha256``."""
        return self._compute(path, "network")

    def _compute(self, path: Path, kind: str) -> str | None:
        known = self.known(path, kind)
        if known is not None or not self._enabled:
            return known
        key, mine = _key(path, kind), Future[str | None]()
        running = self._running.setdefault(key, mine)
        if running is not mine:
            return running.result()
        try:
            mine.set_result(self._read(path, kind))
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            del self._running[key]
        return mine.result()

    def _read(self, path: Path, kind: str) -> str | None:
        before = stamp(path)
        if before is None:
            return None
        try:
            value = file_sha256(path) if kind == "file" else network_sha256(path)
        except (OSError, CorruptFile) as error:
            log.warning("%s can't be hashed: %s", path, error)
            return None
        self._remember(_key(path, kind), [*before, value])
        return value

    def _current(self) -> dict[str, list[Any]]:
        with self._lock:
            now = stamp(self._table)
            if now != self._read_stamp:
                self._entries = _read_table(self._table) | self._entries
                self._read_stamp = now
            return self._entries

    def _remember(self, key: str, entry: list[Any]) -> None:
        with self._lock:
            self._entries[key] = entry
            try:
                with _locked(self._table.with_suffix(".lock")):
                    merged = _read_table(self._table) | {key: entry}
                    write_file(self._table, json.dumps(merged, indent=0).encode())
                    self._entries = merged | self._entries
                    self._read_stamp = stamp(self._table)
            except OSError as error:
                self._tell(error)

    def _tell(self, error: OSError) -> None:
        """Log once that hashes are not kept on disk."""
        if not self._told:
            log.warning("hashes are kept in memory only: %s can't be written: %s", self._table, error)
        self._told = True


def _key(path: Path, kind: str) -> str:
    return f"{kind}:{path.absolute()}"


def _read_table(path: Path) -> dict[str, list[Any]]:
    try:
        table: object = read_json(path)
    except (OSError, ValueError):
        return {}
    if not isinstance(table, dict):
        return {}
    entries = cast("dict[str, Any]", table)
    return {key: value for key, value in entries.items() if isinstance(value, list) and len(value) == 3}


@contextmanager
def _locked(path: Path) -> Generator[None]:
    """Hold a lock that processes share. Raises TimeoutError, an OSError, when another one keeps it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            import fcntl
        except ImportError:  # no advisory locks here: the atomic replacement alone guards the table
            yield
            return
        end = time.monotonic() + LOCK_WAIT
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise TimeoutError(f"another process holds {path.name}") from None
                time.sleep(0.02)
        yield
