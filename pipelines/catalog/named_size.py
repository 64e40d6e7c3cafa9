"""The size of pictures that a checkpoint was trained for, by its file's metadata."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.catalog.safetensors_header import read_header


def named_size(checkpoint: Path) -> tuple[int, int] | None:
    """Return width and height of the file's ``modelspec.resolution``; None where it names none.

    Raises CorruptFile for a file that is damaged or can't be read.
    """
    if checkpoint.suffix.lower() != ".safetensors":
        return None
    named = str(read_header(checkpoint).metadata.get("modelspec.resolution", ""))
    match = re.fullmatch(r"(\d+)x(\d+)", named)
    return (int(match[1]), int(match[2])) if match else None
