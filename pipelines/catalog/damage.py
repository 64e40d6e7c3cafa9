"""What is wrong with a weight file, as far as that shows without loading it: for listings."""

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
    """One line that names the file; None where nothing shows. Remembered while the file is unchanged."""
    return _damage(path, stamp(path))


@lru_cache(maxsize=4096)
def _damage(path: Path, changed: tuple[int, int] | None) -> str | None:
    """``changed`` makes it another file to the cache. No file keeps the others from being listed."""
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
