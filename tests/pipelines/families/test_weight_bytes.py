"""Memory of a checkpoint from its header."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from safetensors.numpy import save_file

from pipelines.families.base import Family, Footprint
from pipelines.families.loading.layout import Shapes
from pipelines.families.weight_bytes import ItemBytes, weight_bytes

SIZES = ItemBytes(backbone=2, rest=4)
FOOTPRINT = Footprint(backbone=("net.",), unused=("average.",), backbone_values=1, decoder_values=1)


def recognises(shapes: Shapes) -> bool:
    return "net.x" in shapes


FAMILIES = (cast("Family", SimpleNamespace(recognises=recognises, footprint=FOOTPRINT)),)


def write(path: Path, **shapes: tuple[int, ...]) -> Path:
    save_file({name: np.zeros(shape, dtype=np.float16) for name, shape in shapes.items()}, path)
    return path


@pytest.mark.parametrize("name", ["a.safetensors", "A.SafeTensors"])
def test_numbers_are_counted_in_the_precision_that_they_get(tmp_path: Path, name: str) -> None:
    shapes: dict[str, tuple[int, ...]] = {"net.x": (3, 5), "vae.y": (7,), "average.z": (100,)}
    path = write(tmp_path / name, **shapes)
    assert weight_bytes(path, SIZES, FAMILIES) == 15 * 2 + 7 * 4


def test_a_file_of_no_family_counts_whole(tmp_path: Path) -> None:
    path = write(tmp_path / "a.safetensors", x=(3, 5), y=(7,))
    assert weight_bytes(path, SIZES, FAMILIES) == (15 + 7) * 4


@pytest.mark.parametrize("content", [b"", b"no", b"\xff" * 20, b"\x02" + b"\0" * 7 + b"[]"])
def test_other_files_are_as_large_as_they_are(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.safetensors"
    path.write_bytes(content)
    assert weight_bytes(path, SIZES) == len(content)


@pytest.mark.parametrize(
    "odd",
    ["1", "{}", '{"shape": "x"}', '{"shape": [-1]}', '{"shape": ["2"]}', '{"shape": [562949953421312]}'],
)
def test_odd_entries_count_nothing(tmp_path: Path, odd: str) -> None:
    path = tmp_path / "a.safetensors"
    text = f'{{"a": {odd}, "c": {{"shape": [2]}}}}'.encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text)
    assert weight_bytes(path, SIZES) == 8
