"""The size of picture that a checkpoint file says it was made for."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.catalog.safetensors_header import read_header


def named_size(checkpoint: Path) -> tuple[int, int] | None:
    """Width and height of the file's ``modelspec.resolution``; None where it names none.

    Raises CorruptFile for a file that is damaged or can't be read.
    """
    if checkpoint.suffix.lower() != ".safetensors":
        return None
    named = str(read_header(checkpoint).metadata.get("modelspec.resolution", ""))
    match = re.fullmatch(r"(\d+)x(\d+)", named)
    return (int(match[1]), int(match[2])) if match else None
