"""Differences kept as bytes, as a file has them and as a layer gets them."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pipelines.adapters.kinds import byte_range
from pipelines.adapters.network_file import read_network


def test_bytes_stand_for_numbers_between_two_ends() -> None:
    numbers = torch.tensor([[0, 255], [51, 102]], dtype=torch.uint8)
    entries = {"a.b.weight": (numbers, -1.0, torch.tensor(1.0)), "a.b.bias": (numbers[0], 0.0, 2.0), "c": 3}
    parts = {key.removeprefix("a_b."): tensor for key, tensor in byte_range.named_parts(entries).items()}
    assert set(parts) == byte_range.READS
    assert byte_range.matches(parts)
    made = byte_range.delta(parts, torch.zeros(2, 2))
    assert made.weight is not None
    torch.testing.assert_close(made.weight, torch.tensor([[-1.0, 1.0], [-0.6, -0.2]]))
    assert made.bias is not None
    torch.testing.assert_close(made.bias, torch.tensor([0.0, 2.0]))
    assert byte_range.delta({k: v for k, v in parts.items() if "bias" in k}, torch.zeros(2)).weight is None
    assert byte_range.rank(parts) is None


@pytest.mark.parametrize(
    "entry", [(1, 2, 3), (torch.zeros(2), 0.0, 1.0), (torch.zeros(1).byte(), 0.0), "abc"]
)
def test_what_is_no_byte_range_is_left(entry: object) -> None:
    assert byte_range.named_parts({"a.weight": entry}) == {}


def test_a_patch_is_read_as_a_network(tmp_path: Path) -> None:
    numbers = torch.zeros(2, 2, dtype=torch.uint8)
    torch.save({"diffusion_model.out.2.weight": (numbers, 0.0, 1.0), "odd": 1}, tmp_path / "x.fooocus.patch")
    network = read_network(tmp_path / "x.fooocus.patch")
    assert {name: change.kind.name for name, change in network.layers.items()} == {
        "diffusion_model_out_2": "byte range"
    }
    assert network.unknown == ()
