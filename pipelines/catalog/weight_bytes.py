"""The memory that a checkpoint will take, computed from its file's header without reading its weights."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.catalog.safetensors_header import MAX_SIDE, MAX_SIDES, read_table
from pipelines.contract.errors import CorruptFile

UNET_PREFIX = "model.diffusion_model."
UNUSED_PREFIX = "model_ema."


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemBytes:
    """Bytes of one number in the UNet, and in text encoders and VAE."""

    unet: int
    rest: int


def weight_bytes(path: Path, sizes: ItemBytes) -> int:
    """Return the bytes of a checkpoint's weights once loaded; the file's length if it has no readable header.

    Raises OSError.
    """
    if path.suffix.lower() != ".safetensors":
        return path.stat().st_size
    try:
        table, _ = read_table(path)
    except CorruptFile:
        return path.stat().st_size
    return sum(_tensor_bytes(name, entry, sizes) for name, entry in table.items())


def _tensor_bytes(name: str, entry: Any, sizes: ItemBytes) -> int:
    shape: object = entry.get("shape") if isinstance(entry, dict) else None
    if name.startswith(UNUSED_PREFIX) or not isinstance(shape, list):
        return 0
    numbers = [number for number in shape if isinstance(number, int)]
    if len(numbers) > MAX_SIDES or not all(0 <= number <= MAX_SIDE for number in numbers):
        return 0
    return math.prod(numbers) * (sizes.unet if name.startswith(UNET_PREFIX) else sizes.rest)
