"""Shapes by name are the same whatever the form of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from pipelines.catalog.tensor_shapes import tensor_shapes
from pipelines.contract.errors import CorruptFile
from tests.pipelines.catalog.folders import safetensors, tensor, write

TABLE: dict[str, Any] = {"a": torch.ones(2, 3), "b": torch.ones(1)}
SHAPES = {"a": (2, 3), "b": (1,)}


def test_of_a_safetensors_file_in_any_letters(tmp_path: Path) -> None:
    header = {"__metadata__": {"x": "y"}, "a": tensor([2, 3]), "b": tensor([1], 24)}
    path = write(tmp_path / "x.SafeTensors", safetensors(header, bytes(28)))
    assert tensor_shapes(path) == SHAPES


@pytest.mark.parametrize("table", [TABLE, {"state_dict": TABLE, "epoch": 3}])
def test_of_a_torch_file_with_or_without_wrapper(tmp_path: Path, table: dict[str, Any]) -> None:
    torch.save(table, tmp_path / "x.ckpt")
    assert tensor_shapes(tmp_path / "x.ckpt") == SHAPES


def test_a_tensor_called_like_the_wrapper_is_a_tensor(tmp_path: Path) -> None:
    torch.save({"state_dict": torch.ones(4)}, tmp_path / "x.pt")
    assert tensor_shapes(tmp_path / "x.pt") == {"state_dict": (4,)}


@pytest.mark.parametrize("name", ["x.pt", "x.safetensors"])
def test_a_damaged_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(CorruptFile, match=name):
        tensor_shapes(write(tmp_path / name, b"garbage"))
