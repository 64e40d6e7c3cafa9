"""The memory that a checkpoint will take, computed from its file's header without reading its weights."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.catalog.safetensors_header import MAX_SIDE, MAX_SIDES, read_table
from pipelines.contract.errors import CorruptFile, UnsupportedModel
from pipelines.families.base import Family, Footprint
from pipelines.families.loading.layout import Shapes
from pipelines.families.registry import BUILT_IN, recognise

UNKNOWN = Footprint(backbone=(), backbone_values=0, decoder_values=0)
"""A file that belongs to no family: all of its numbers count as the other parts' do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemBytes:
    """Bytes of one number in the backbone, and in text encoders and VAE."""

    backbone: int
    rest: int


def weight_bytes(path: Path, sizes: ItemBytes, families: Sequence[Family] = BUILT_IN) -> int:
    """Return the bytes of a checkpoint's weights once loaded; the file's length if it has no readable header.

    Raises OSError.
    """
    if path.suffix.lower() != ".safetensors":
        return path.stat().st_size
    try:
        table, _ = read_table(path)
    except CorruptFile:
        return path.stat().st_size
    shapes = _shapes(table)
    try:
        footprint = recognise(shapes, families).footprint
    except UnsupportedModel:
        footprint = UNKNOWN
    return sum(_tensor_bytes(name, shape, sizes, footprint) for name, shape in shapes.items())


def _shapes(table: Mapping[str, Any]) -> Shapes:
    """Those of entries that can be tensors."""
    found: dict[str, tuple[int, ...]] = {}
    for name, entry in table.items():
        shape: object = entry.get("shape") if isinstance(entry, dict) else None
        if isinstance(shape, list) and len(shape) <= MAX_SIDES:
            sides = tuple(side for side in shape if isinstance(side, int) and 0 <= side <= MAX_SIDE)
            if len(sides) == len(shape):
                found[name] = sides
    return found


def _tensor_bytes(name: str, shape: tuple[int, ...], sizes: ItemBytes, footprint: Footprint) -> int:
    if name.startswith(footprint.unused):
        return 0
    return math.prod(shape) * (sizes.backbone if name.startswith(footprint.backbone) else sizes.rest)
