"""How much memory this process holds."""

from __future__ import annotations


def resident_bytes() -> int:
    """Bytes of RAM that this process occupies."""
    import psutil

    return int(psutil.Process().memory_info().rss)
