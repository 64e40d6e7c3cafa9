"""Models are on their device while they are entered."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from extensions.invokeai.context.loaded import LoadedModelWithoutConfig, loose_model

CPU = torch.device("cpu")


@pytest.fixture
def moves() -> list[str]:
    return []


@pytest.fixture
def loaded(moves: list[str]) -> LoadedModelWithoutConfig:
    """A model that notes when it comes and goes."""
    return LoadedModelWithoutConfig("model", lambda: moves.append("place"), lambda: moves.append("leave"))


def test_a_model_is_placed_while_it_is_entered(loaded: LoadedModelWithoutConfig, moves: list[str]) -> None:
    assert (loaded.model, moves) == ("model", [])
    with loaded as model:
        assert (model, moves) == ("model", ["place"])
    assert moves == ["place", "leave"]


def test_an_error_within_takes_it_away_too(loaded: LoadedModelWithoutConfig, moves: list[str]) -> None:
    with pytest.raises(KeyError), loaded.model_on_device():
        raise KeyError
    assert moves == ["place", "leave"]


def test_no_copy_on_the_cpu_is_kept(loaded: LoadedModelWithoutConfig, moves: list[str]) -> None:
    with loaded.model_on_device(working_mem_bytes=1) as (state, model):
        assert (state, model, moves) == (None, "model", ["place"])
    assert moves == ["place", "leave"]


def test_a_network_of_a_pack_moves_to_the_device_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    places: list[str] = []

    def to(self: nn.Module, device: Any) -> nn.Module:
        places.append(str(device))
        return self

    monkeypatch.setattr(nn.Linear, "to", to)
    with loose_model(nn.Linear(1, 1), torch.device("cuda", 1)):
        assert places == ["cuda:1"]
    assert places == ["cuda:1", "cpu"]


def test_a_table_of_tensors_stays_where_it_is() -> None:
    table = {"weight": torch.ones(1)}
    with loose_model(table, torch.device("meta")) as entered:
        assert entered is table and table["weight"].device == CPU
