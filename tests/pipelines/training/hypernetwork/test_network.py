"""The small networks: their names in files, their first weights, and that a generation reads the file."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pipelines.adapters.hypernetwork_file import read_hypernetwork
from pipelines.contract.errors import InvalidRequest
from pipelines.contract.training import HypernetworkShape
from pipelines.training.archive import write_torch
from pipelines.training.hypernetwork.network import NetworkPairs


def made(**changes: object) -> NetworkPairs:
    values = {"sizes": (64,), "layer_structure": (1, 2, 1), **changes}
    return NetworkPairs.new(HypernetworkShape(**values), torch.Generator().manual_seed(1))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "numbers"),
    [
        ({}, {0, 1}),
        ({"activation": "relu"}, {0, 2}),
        ({"activation": "relu", "layer_norm": True}, {0, 2, 3, 4}),
        ({"activation": "relu", "layer_structure": (1, 2, 2, 1)}, {0, 2, 4}),
        (
            {
                "activation": "relu",
                "layer_structure": (1, 2, 2, 1),
                "use_dropout": True,
                "dropout_structure": (0, 0.2, 0.3, 0),
            },
            {0, 3, 6},
        ),
    ],
)
def test_layers_are_numbered_as_in_the_originals_files(changes: dict[str, object], numbers: set[int]) -> None:
    state = made(**changes).pairs[64][0].state_dict()
    assert {int(name.split(".")[1]) for name in state} == numbers


@pytest.mark.parametrize(
    "init", ["Normal", "XavierUniform", "XavierNormal", "KaimingUniform", "KaimingNormal"]
)
def test_first_weights_are_drawn_and_biases_are_zero(init: str) -> None:
    network = made(weight_init=init).pairs[64][0]
    assert all(bool((p == 0).all()) == name.endswith("bias") for name, p in network.named_parameters())


def test_an_unknown_initialisation_is_named() -> None:
    with pytest.raises(InvalidRequest, match="Key nope is not defined"):
        made(weight_init="nope")


def test_the_file_is_read_by_generations_and_by_training(tmp_path: Path) -> None:
    pairs = made(activation="swish", layer_norm=True)
    record = pairs.record(name="one", step=3, checkpoint_hash="0123456789", checkpoint_name="tiny")
    write_torch(tmp_path / "one.pt", record, name="one")
    again = NetworkPairs.of(torch.load(tmp_path / "one.pt", weights_only=True))
    x = torch.randn((2, 64), generator=torch.Generator().manual_seed(2))
    pairs.pairs[64][0].eval()
    answer = pairs.pairs[64][0](x)
    assert torch.equal(again.pairs[64][0].eval()(x), answer)
    assert torch.allclose(read_hypernetwork(tmp_path / "one.pt").keys[64](x), answer)
    assert (record["dropout_structure"], record["last_layer_dropout"]) == ([0, 0, 0], False)
