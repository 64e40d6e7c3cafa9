"""Put a textual inversion into a picture: a PNG text, and once more in the pixels (spec 9.8 and 13.4)."""

from __future__ import annotations

import base64
import io
import json
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from torch import Tensor

from pipelines.families.loading.read import load_pickle
from pipelines.pictures.reading.opening import open_picture
from pipelines.text.embeddings.picture import CHUNK_KEY, Bytes, mask_bytes

SEPARATOR = 1
"""Black columns between a block and the picture."""


def embedding_picture(png: bytes, embedding: Path) -> bytes:
    """Put the embedding of a file into a picture, as PNG. Raises CorruptFile."""
    record = json.dumps(_plain(load_pickle(embedding))).encode()
    pixels = np.asarray(open_picture(png).convert("RGB"), dtype=np.uint8)
    told = PngInfo()
    told.add_text(CHUNK_KEY, base64.b64encode(record).decode())
    out = io.BytesIO()
    Image.fromarray(with_payload(pixels, zlib.compress(record, 9))).save(out, "PNG", pnginfo=told)
    return out.getvalue()


def with_payload(pixels: Bytes, payload: bytes) -> Bytes:
    """A picture (H, W, 3) between two blocks that hold the low and the high nibbles of the payload."""
    height = pixels.shape[0]
    width = -(-len(payload) // (height * 3))
    data = np.zeros(height * width * 3, dtype=np.uint8)
    data[: len(payload)] = np.frombuffer(payload, dtype=np.uint8)
    left = _block(data & np.uint8(0x0F), height, width)
    right = _block(data >> np.uint8(4), height, width)
    gap = np.zeros((height, SEPARATOR, 3), dtype=np.uint8)
    return np.concatenate([left, gap, pixels, gap, right], axis=1)


def _block(nibbles: Bytes, height: int, width: int) -> Bytes:
    """(height, width, 3): the nibbles under their mask, on a plain grey of 0x50."""
    return (mask_bytes(nibbles) | np.uint8(0x50)).astype(np.uint8).reshape(height, width, 3)


def _plain(value: Any) -> Any:
    """Turn a value into JSON's types; tensors become the objects that readers of such pictures expect."""
    if isinstance(value, Tensor):
        return {"TORCHTENSOR": value.detach().cpu().tolist()}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return value
