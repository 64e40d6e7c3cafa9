"""Walk model folders as A1111 does: recursively, through links, in natural order."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

MAX_DEPTH = 50
"""Levels of folders in folders that are looked into."""
_NUMBER = re.compile(r"(\d+)")


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Make a sort key in which numbers inside a name count as numbers, letter case ignored."""
    return tuple(
        (0, int(part), "") if part.isdecimal() else (1, 0, part.lower())
        for part in _NUMBER.split(text)
        if part
    )


def walk(folder: Path, suffixes: Iterable[str]) -> Iterator[Path]:
    """Yield files below ``folder`` with one of the suffixes, sorted by folder and then by name.

    Links are followed, each folder once. A missing folder is empty. Only ordinary files count, so that no
    pipe and no link to nothing makes a reader wait or fail.
    """
    wanted = tuple(suffix.lower() for suffix in suffixes)
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    depth = len(Path(folder).parts)
    for root, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(root)
        if real in seen or Path(root).parts[depth + MAX_DEPTH :]:
            folders.clear()
            continue
        seen.add(real)
        fitting = (name for name in names if name.lower().endswith(wanted))
        found[root] = [name for name in fitting if os.path.isfile(os.path.join(root, name))]
    for root in sorted(found, key=natural_key):
        for name in sorted(found[root], key=natural_key):
            yield Path(root, name)


def walk_all(folders: Iterable[Path], suffixes: Iterable[str]) -> list[Path]:
    """List the files of several folders; a file that two of them reach is listed once."""
    wanted = tuple(suffixes)
    return list(dict.fromkeys(path for folder in folders for path in walk(folder, wanted)))


def stamp(path: Path) -> tuple[int, int] | None:
    """Return (mtime in ns, size), None for a file that is gone: equal stamps mean equal content."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size


def stamps_in(place: Path) -> tuple[tuple[int, int] | None, ...]:
    """Return the stamp of a file, or those of all files in a folder.

    The folder's own would change only as files come and go.
    """
    return tuple(stamp(path) for path in sorted(place.iterdir())) if place.is_dir() else (stamp(place),)
