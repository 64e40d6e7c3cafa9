"""Mapped tensors are those that the file holds, and mapping them again and again keeps nothing."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from pipelines.catalog.safetensors_header import Header, TensorInfo, read_header
from pipelines.families.loading.mapped import DTYPES, map_tensors

VALUES = torch.tensor([[0, 1], [2, 3]])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    tensors = {name: VALUES.to(dtype) for name, dtype in DTYPES.items()}
    tensors |= {
        "empty": torch.zeros((0, 3)),
        "single": torch.tensor(5.0),
        "odd": torch.ones(3, dtype=torch.int8),
    }
    save_file(tensors, tmp_path / "all.safetensors")
    return tmp_path / "all.safetensors"


def test_every_dtype_and_shape_is_as_the_package_reads_it(file: Path) -> None:
    ours, theirs = map_tensors(file, read_header(file)), load_file(file)
    assert ours.keys() == theirs.keys()
    for name, tensor in theirs.items():
        assert (ours[name].dtype, ours[name].shape) == (tensor.dtype, tensor.shape)
        assert torch.equal(ours[name].flatten().view(torch.uint8), tensor.flatten().view(torch.uint8))


def test_tensors_need_not_be_aligned(tmp_path: Path) -> None:
    path = tmp_path / "odd.safetensors"
    path.write_bytes(b"abc" + VALUES.float().numpy().tobytes())
    told = TensorInfo(dtype="F32", shape=(2, 2), start=1, end=17)
    found = map_tensors(path, Header(metadata={}, tensors={"x": told}, data_offset=2))
    assert torch.equal(found["x"], VALUES.float())


def test_writing_to_a_tensor_leaves_the_file_alone(file: Path) -> None:
    before = file.read_bytes()
    map_tensors(file, read_header(file))["F32"].fill_(7)
    assert file.read_bytes() == before


def test_a_tensor_outlives_the_others(file: Path) -> None:
    kept = map_tensors(file, read_header(file))["I64"]
    gc.collect()
    assert torch.equal(kept, VALUES)


def test_a_dtype_that_torch_has_not_is_named(file: Path) -> None:
    told = TensorInfo(dtype="F4", shape=(2,), start=0, end=1)
    with pytest.raises(ValueError, match="F4"):
        map_tensors(file, Header(metadata={}, tensors={"x": told}, data_offset=8))


def test_mapping_keeps_nothing(file: Path) -> None:
    header = read_header(file)
    rounds = 200
    growth = min(_growth(file, header, rounds) for _ in range(3))
    assert growth < rounds * len(header.tensors), "less than one object is kept for each tensor"


def _growth(file: Path, header: Header, rounds: int) -> int:
    """Blocks of memory that this process gained: other threads of it allocate a few hundred meanwhile."""
    map_tensors(file, header)
    before = sys.getallocatedblocks()
    for _ in range(rounds):
        map_tensors(file, header)
    return sys.getallocatedblocks() - before
