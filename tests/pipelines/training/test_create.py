"""Untrained files: tokens' vectors for embeddings, drawn weights for hypernetworks."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch
from torch import nn

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.training import CreateHypernetworkRequest, HypernetworkShape
from pipelines.training.create import create_hypernetwork, token_table
from pipelines.training.hypernetwork.network import NetworkPairs

SHAPE = HypernetworkShape(sizes=(4,), layer_structure=(1, 2, 1))


def create(path: Path, *, overwrite: bool = False) -> None:
    context = cast(Any, SimpleNamespace(reporter=SimpleNamespace(job=lambda name, batches: None)))
    request = CreateHypernetworkRequest(path=str(path), shape=SHAPE, overwrite=overwrite)
    for _ in create_hypernetwork(request, context):
        pass


def first_weight(path: Path) -> torch.Tensor:
    record = torch.load(path, weights_only=True)
    assert record["step"] == 0
    return NetworkPairs.of(record).parameters()[0].detach()


def test_two_hypernetworks_begin_differently(tmp_path: Path) -> None:
    create(tmp_path / "one.pt")
    create(tmp_path / "two.pt")
    assert not torch.equal(first_weight(tmp_path / "one.pt"), first_weight(tmp_path / "two.pt"))


def test_a_file_is_replaced_only_if_asked_for(tmp_path: Path) -> None:
    create(tmp_path / "one.pt")
    before = first_weight(tmp_path / "one.pt")
    with pytest.raises(InvalidRequest, match="already exists") as refused:
        create(tmp_path / "one.pt")
    assert refused.value.field == "path"
    assert torch.equal(first_weight(tmp_path / "one.pt"), before)
    create(tmp_path / "one.pt", overwrite=True)
    assert not torch.equal(first_weight(tmp_path / "one.pt"), before)


def test_vectors_of_tokens_are_in_fp32() -> None:
    core = nn.Module()
    core.embeddings = nn.Module()
    core.embeddings.token_embedding = nn.Embedding(5, 3, dtype=torch.float16)
    table = token_table(core)
    assert (table.shape, table.dtype, table.requires_grad) == ((5, 3), torch.float32, False)
