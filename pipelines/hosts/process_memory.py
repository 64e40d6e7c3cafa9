"""The memory of this process."""

from __future__ import annotations

import psutil


def resident_bytes() -> int:
    """Return the bytes of RAM that this process occupies."""
    return int(psutil.Process().memory_info().rss)
