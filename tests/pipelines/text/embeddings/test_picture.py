"""Textual inversions inside pictures."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from pipelines.contract.errors import CorruptFile
from pipelines.text.embeddings.files import read_embedding
from pipelines.text.embeddings.picture import Bytes, read_pixels

RECORD = {"string_to_param": {"*": {"TORCHTENSOR": [[1.0, 2.0], [3.0, 4.0]]}}, "name": "stored", "step": 5}


def stream(count: int) -> Bytes:
    """The masking stream: an LCG modulo 2**32, its output modulo 255."""
    state, values = 0, []
    for _ in range(count):
        state = (1664525 * state + 1013904223) % 2**32
        values.append(state % 255 & 0x0F)
    return np.array(values, dtype=np.uint8)


def hide(payload: bytes, height: int = 16) -> Bytes:
    """A picture with a payload: low nibbles left, high ones right, grey between black columns inside."""
    width = -(-len(payload) // (height * 3))
    data = np.frombuffer(payload.ljust(width * height * 3, b"\0"), dtype=np.uint8)
    low, high = (block ^ stream(block.size) for block in (data & 0x0F, data >> 4))
    shape = (height, width, 3)
    left, right = (block.reshape(shape) | np.uint8(0x50) for block in (low, high))
    gap = np.full((height, 1, 3), 0x40, dtype=np.uint8)
    grey = np.full((height, 10, 3), 0x77, dtype=np.uint8)
    picture = np.concatenate([left, gap, grey, gap, right], axis=1)
    return np.pad(picture.astype(np.uint8), ((3, 2), (1, 4), (0, 0)))


def test_payload_in_pixels(tmp_path: Path) -> None:
    path = tmp_path / "file.png"
    Image.fromarray(hide(zlib.compress(json.dumps(RECORD).encode()))).save(path)
    embedding = read_embedding(path)
    assert embedding is not None
    assert (embedding.name, embedding.step) == ("stored", 5)
    assert embedding.single is not None
    assert torch.equal(embedding.single, torch.tensor([[1.0, 2.0], [3.0, 4.0]]))


def test_text_chunk(tmp_path: Path) -> None:
    path = tmp_path / "file.png"
    info = PngInfo()
    info.add_text("sd-ti-embedding", base64.b64encode(json.dumps(RECORD).encode()).decode())
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)
    embedding = read_embedding(path)
    assert embedding is not None
    assert embedding.vector_count == 2


def test_ordinary_pictures_hold_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file.webp"
    Image.effect_noise((32, 32), 50).convert("RGB").save(path)
    assert read_embedding(path) is None


@pytest.mark.parametrize("size", [(0, 0, 3), (8, 8, 3)])
def test_black_pictures_hold_nothing(size: tuple[int, int, int]) -> None:
    assert read_pixels(np.zeros(size, dtype=np.uint8)) is None


def test_a_damaged_record_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.png"
    info = PngInfo()
    info.add_text("sd-ti-embedding", base64.b64encode(b"[1]").decode())
    Image.new("RGB", (8, 8)).save(path, pnginfo=info)
    with pytest.raises(CorruptFile, match="no object"):
        read_embedding(path)
