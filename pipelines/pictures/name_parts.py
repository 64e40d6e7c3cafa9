"""Make names from patterns fit for a disk: no separators, no odd characters, not too long."""

from __future__ import annotations

import os
import re
from pathlib import Path

NAME_BYTES = 255
"""Most bytes of one name, unless the disk allows fewer."""
PATH_BYTES = 4096
MAX_LEVELS = 20
"""Folders in folders that a pattern may ask for."""
NOWHERE = frozenset({"", ".", ".."})
_SEPARATORS = re.compile(r"[/\\]")
_UNFIT = re.compile("[\x00-\x1f\x7f/\ud800-\udfff]")


def fit_name(text: str, room: int) -> str:
    """Cut a name to at most ``room`` bytes; characters that no disk takes become ``_``."""
    return _UNFIT.sub("_", text).encode()[: max(room, 0)].decode(errors="ignore")


def fit_folders(text: str, folder: Path) -> Path:
    """Return the folder below ``folder`` that a pattern names, without parts that lead nowhere or up.

    Each part is cut to the longest name, and parts beyond the longest path or MAX_LEVELS are left out.
    """
    longest = name_bytes(folder)
    levels = 0
    room = PATH_BYTES - len(os.fsencode(folder)) - longest - 2
    for part in _SEPARATORS.split(text):
        name = fit_name(part.strip(" "), longest)
        room -= len(name.encode()) + 1
        if room < 0 or levels == MAX_LEVELS:
            break
        if name not in NOWHERE:
            folder, levels = folder / name, levels + 1
    return folder


def name_bytes(folder: Path) -> int:
    """Return the most bytes of one name in a folder, or in the first one above it that exists."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    try:
        return min(NAME_BYTES, os.pathconf(there, "PC_NAME_MAX"))
    except (OSError, ValueError, AttributeError):  # the system knows no limit
        return NAME_BYTES
