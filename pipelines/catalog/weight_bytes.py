"""How much memory a checkpoint will take, told from its file's header without reading its weights."""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEADER_LIMIT = 100 * 2**20
UNET_PREFIX = "model.diffusion_model."
UNUSED_PREFIX = "model_ema."


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemBytes:
    """Bytes of one number in the UNet, and in text encoders and VAE."""

    unet: int
    rest: int


def weight_bytes(path: Path, sizes: ItemBytes) -> int:
    """Bytes of a checkpoint's weights once loaded; the length of the file where that tells more.

    Raises OSError.
    """
    header = _read_header(path) if path.suffix == ".safetensors" else None
    if header is None:
        return path.stat().st_size
    return sum(_tensor_bytes(name, entry, sizes) for name, entry in header.items())


def _tensor_bytes(name: str, entry: Any, sizes: ItemBytes) -> int:
    shape: object = entry.get("shape") if isinstance(entry, dict) else None
    if name.startswith(UNUSED_PREFIX) or not isinstance(shape, list):
        return 0
    numbers = [number for number in shape if isinstance(number, int)]
    return math.prod(numbers) * (sizes.unet if name.startswith(UNET_PREFIX) else sizes.rest)


def _read_header(path: Path) -> dict[str, Any] | None:
    """The header of a safetensors file: 8 bytes of length (little endian), then JSON."""
    with path.open("rb") as file:
        head = file.read(8)
        size = struct.unpack("<Q", head)[0] if len(head) == 8 else 0
        text = file.read(size) if 0 < size <= HEADER_LIMIT else b""
    try:
        header: object = json.loads(text)
    except ValueError:
        return None
    return dict(header) if isinstance(header, dict) else None
