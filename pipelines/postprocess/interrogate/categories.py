"""Lists of words that a picture is compared with: ``interrogate/*.txt`` in the data folder."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from pipelines.catalog.files import walk

log = logging.getLogger(__name__)

MAX_BYTES = 16 << 20
_TOP = re.compile(r"\.top(\d+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A list of words. ``items``: one per line of the file; ``top``: matches that a caption takes."""

    name: str
    items: tuple[str, ...]
    top: int = 1


def read_categories(folder: Path, *, skip: Collection[str] = (), limit: int = 0) -> tuple[Category, ...]:
    """Read all lists by file name but those in ``skip``; of each the first ``limit`` lines, 0 for all."""
    found: list[Category] = []
    for path in sorted(walk(folder, (".txt",))):
        if path.stem in skip or path.parent != folder:
            continue
        lines = [line.strip() for line in _read(path).splitlines()]
        items = tuple(line for line in lines if line)[: limit or None]
        match = _TOP.search(path.stem)
        if items:
            found.append(Category(name=path.stem, items=items, top=int(match[1]) if match else 1))
    return tuple(found)


def _read(path: Path) -> str:
    """Read the text of a list; "", with a line in the log, if it can't be read."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError(f"it is larger than {MAX_BYTES >> 20} MiB")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        log.warning("the list %s is left out: %s", path, error)
        return ""
