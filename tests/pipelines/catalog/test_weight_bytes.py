"""Memory of a checkpoint from its header."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from pipelines.catalog.weight_bytes import ItemBytes, weight_bytes

SIZES = ItemBytes(unet=2, rest=4)


@pytest.mark.parametrize("name", ["a.safetensors", "A.SafeTensors"])
def test_numbers_are_counted_in_the_precision_that_they_get(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    tensors = {"model.diffusion_model.x": (3, 5), "first_stage_model.y": (7,), "model_ema.z": (100,)}
    save_file({name: np.zeros(shape, dtype=np.float16) for name, shape in tensors.items()}, path)
    assert weight_bytes(path, SIZES) == 15 * 2 + 7 * 4


@pytest.mark.parametrize("content", [b"", b"no", b"\xff" * 20, b"\x02" + b"\0" * 7 + b"[]"])
def test_other_files_are_as_large_as_they_are(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(content)
    assert weight_bytes(path, SIZES) == len(content)


def test_odd_entries_count_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    text = b'{"a": 1, "b": {"shape": "x"}, "c": {"shape": [2]}}'
    path.write_bytes(len(text).to_bytes(8, "little") + text)
    assert weight_bytes(path, SIZES) == 8
