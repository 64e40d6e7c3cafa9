"""Names and shapes of the tensors in a model's file, whatever its form; no torch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.catalog.pickle_shapes import read_pickle_shapes
from pipelines.catalog.safetensors_header import read_header

WRAPPER = "state_dict"


def tensor_shapes(path: Path) -> Mapping[str, Any]:
    """Return shapes by name; torch files may hold tables in tables, and all of it below ``state_dict``.

    Raises CorruptFile.
    """
    if path.suffix.lower() == ".safetensors":
        return read_header(path).shapes()
    table = read_pickle_shapes(path)
    inner = table.get(WRAPPER)
    return inner if isinstance(inner, Mapping) else table
