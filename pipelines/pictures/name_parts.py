"""Bring names that patterns made to what a disk takes: no separators, no odd characters, not too long."""

from __future__ import annotations

import os
import re
from pathlib import Path

NAME_BYTES = 255
"""Bytes of one name on a disk that doesn't say."""
PATH_BYTES = 4096
MAX_LEVELS = 20
"""Folders in folders that a pattern may ask for."""
NOWHERE = frozenset({"", ".", ".."})
_SEPARATORS = re.compile(r"[/\\]")
_UNFIT = re.compile("[\x00-\x1f\x7f/\ud800-\udfff]")


def fit_name(text: str, room: int) -> str:
    """A name of at most ``room`` bytes; what no disk takes becomes ``_``."""
    return _UNFIT.sub("_", text).encode()[: max(room, 0)].decode(errors="ignore")


def fit_folders(text: str, folder: Path) -> Path:
    """The folder below ``folder`` that a pattern names; parts that lead nowhere or up are left out.

    Each part is cut to what a name may be long, and their number to what a path may be long.
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
    """Bytes that one name may have in a folder, or in the first one above that is there."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    try:
        return min(NAME_BYTES, os.pathconf(there, "PC_NAME_MAX"))
    except (OSError, ValueError, AttributeError):  # a system that doesn't tell
        return NAME_BYTES
