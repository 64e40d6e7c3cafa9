"""Modules that a file is to fill are built without values, and nothing else is changed by it."""

from __future__ import annotations

import torch
from torch import nn

from pipelines.families.loading.bare import without_values


class Everything(nn.Module):
    """Layers with every kind of initialiser, and a buffer."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.linear = nn.Linear(4, 5)
        self.norm = nn.LayerNorm(5)
        self.table = nn.Embedding(7, 5)
        self.scale = nn.Parameter(torch.ones(5))
        self.register_buffer("positions", torch.arange(6))
        nn.init.trunc_normal_(self.table.weight)
        nn.init.zeros_(self.linear.bias)


def test_shapes_and_names_are_those_of_a_whole_module() -> None:
    with without_values():
        bare = Everything()
    whole = Everything()
    assert all(tensor.is_meta for tensor in bare.state_dict().values())
    assert {k: (v.shape, v.dtype) for k, v in bare.state_dict().items()} == {
        k: (v.shape, v.dtype) for k, v in whole.state_dict().items()
    }


def test_random_numbers_are_left_alone() -> None:
    torch.manual_seed(1)
    expected = torch.rand(2)
    torch.manual_seed(1)
    with without_values():
        Everything()
    assert torch.equal(torch.rand(2), expected)


def test_modules_built_afterwards_have_values() -> None:
    with without_values():
        Everything()
    after = Everything()
    assert not after.conv.weight.is_meta
    assert after.conv.weight.std() > 0
    assert torch.equal(after.norm.weight, torch.ones(5))
