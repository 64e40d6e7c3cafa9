"""Defects of a weight file that show without loading it, in one line each: for listings."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

from pipelines.catalog.file_kind import explain
from pipelines.catalog.files import stamp
from pipelines.catalog.safetensors_header import read_header
from pipelines.contract.errors import CorruptFile

log = logging.getLogger(__name__)


def damage_of(path: Path) -> str | None:
    """Describe a defect in one line that names the file; None if none shows.

    The answer is kept while the file is unchanged.
    """
    return _damage(path, stamp(path))


@lru_cache(maxsize=4096)
def _damage(path: Path, changed: tuple[int, int] | None) -> str | None:
    """Look at a file; ``changed`` only makes a new version of it a new entry of the cache.

    An error of any kind becomes a line, so that one file can't keep the others from being listed.
    """
    try:
        kind = explain(path)
        if kind is None and path.suffix.lower() == ".safetensors":
            read_header(path)
    except CorruptFile as error:
        return error.message
    except Exception as error:
        log.warning("%s can't be listed", path, exc_info=error)
        return f"{path.name} can't be read"
    return f"{path.name} is {kind}" if kind else None
