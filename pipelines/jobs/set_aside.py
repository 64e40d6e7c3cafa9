"""Put a job store that this version can't read out of the way, where its owner finds it again."""

from __future__ import annotations

from pathlib import Path

COMPANIONS = ("-wal", "-shm")
"""Endings of the files that SQLite keeps next to a database."""


def set_aside(path: Path) -> Path:
    """Rename a database that nobody holds open, with its companions, and return its new place."""
    number = 1
    while (place := path.with_name(f"{path.name}.old-{number}")).exists():
        number += 1
    for ending in ("", *COMPANIONS):
        source = path.with_name(path.name + ending)
        if source.exists():
            source.rename(place.with_name(place.name + ending))
    return place
