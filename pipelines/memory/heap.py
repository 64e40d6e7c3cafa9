"""Give memory that Python no longer needs back to the system, so that the process really shrinks."""

from __future__ import annotations

import ctypes
import gc
import sys


def return_memory() -> None:
    """Collect garbage and, where the C library keeps freed memory to itself (glibc), make it let go."""
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
