"""A hypernetwork that is trained: put before keys and values, taken off, and found by its file's hash."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch
from torch import Tensor, nn

from pipelines.contract.errors import CorruptFile, UnsupportedModel
from pipelines.contract.training import HypernetworkShape
from pipelines.training.archive import write_torch
from pipelines.training.hypernetwork.network import NetworkPairs
from pipelines.training.hypernetwork.trainee import HypernetworkTrainee
from tests.pipelines.training.test_memory import a_request

WIDTH = 4


class Attention(nn.Module):
    """Keys, values and queries that pass their input on."""

    def __init__(self) -> None:
        super().__init__()
        self.to_k, self.to_v, self.to_q = nn.Identity(), nn.Identity(), nn.Identity()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.to_k(x), self.to_v(x), self.to_q(x)


def write_network(path: Path) -> NetworkPairs:
    shape = HypernetworkShape(sizes=(WIDTH,), layer_structure=(1, 2, 1))
    pairs = NetworkPairs.new(shape, torch.Generator().manual_seed(1))
    record = pairs.record(name=path.stem, step=5, checkpoint_hash=None, checkpoint_name=None)
    write_torch(path, record, name=path.stem)
    return pairs


def trainee_of(path: Path, backbone: nn.Module | None = None) -> HypernetworkTrainee:
    family = SimpleNamespace(text=SimpleNamespace(vector=None), title="Toy")
    model = SimpleNamespace(
        name="toy",
        sha256=None,
        family=family,
        text_encoders=[None],
        conditioning="none",
        device=torch.device("cpu"),
        backbone=backbone or Attention(),
    )
    return HypernetworkTrainee.read(path, a_request(), cast(Any, None), cast(Any, model))


def test_keys_and_values_change_while_it_is_on(tmp_path: Path) -> None:
    pairs, attention = write_network(tmp_path / "one.pt"), Attention()
    trainee = trainee_of(tmp_path / "one.pt", attention)
    x = torch.randn(3, WIDTH, generator=torch.Generator().manual_seed(2))
    trainee.put_on()
    trainee.put_on()  # replaces itself
    key, value, query = attention(x)
    for_keys, for_values = pairs.pairs[WIDTH]
    torch.testing.assert_close(key, x + for_keys(x))
    torch.testing.assert_close(value, x + for_values(x))
    assert torch.equal(query, x)
    trainee.take_off()
    assert all(torch.equal(part, x) for part in attention(x))


def test_other_widths_pass(tmp_path: Path) -> None:
    write_network(tmp_path / "one.pt")
    attention = Attention()
    trainee_of(tmp_path / "one.pt", attention).put_on()
    x = torch.ones(3, WIDTH + 1)
    assert all(torch.equal(part, x) for part in attention(x))


def test_steps_count_on_and_facts_are_the_files(tmp_path: Path) -> None:
    write_network(tmp_path / "one.pt")
    trainee = trainee_of(tmp_path / "one.pt")
    assert trainee.made == 5
    assert trainee.facts()["layer_structure"] == [1, 2, 1]
    assert len(trainee.parameters) == 2 * 2 * 2


def test_an_optimizers_state_belongs_to_its_file(tmp_path: Path) -> None:
    write_network(tmp_path / "one.pt")
    trainee = trainee_of(tmp_path / "one.pt")
    record = trainee.optimizer_record(tmp_path / "one.pt", trainee.make_optimizer(0.1))
    assert trainee.accepts(record, tmp_path / "one.pt")
    trainee.made = 6
    trainee.save(tmp_path / "one.pt", name="one")
    assert not trainee.accepts(record, tmp_path / "one.pt")


def test_a_file_whose_networks_do_not_fit_is_refused(tmp_path: Path) -> None:
    pairs = write_network(tmp_path / "one.pt")
    record = dict(pairs.record(name="one", step=0, checkpoint_hash=None, checkpoint_name=None))
    record["layer_structure"] = [1, 3, 1]
    write_torch(tmp_path / "one.pt", record, name="one")
    with pytest.raises(CorruptFile, match=r"one\.pt can't be trained") as refused:
        trainee_of(tmp_path / "one.pt")
    assert refused.value.field == "target.hypernetwork"


def test_networks_with_conditions_are_refused_before_the_first_step(tmp_path: Path) -> None:
    write_network(tmp_path / "one.pt")
    trainee = trainee_of(tmp_path / "one.pt")
    cast(Any, trainee.model).conditioning = "inpaint"
    with pytest.raises(UnsupportedModel, match="plain checkpoints"):
        trainee.prepare(cast(Any, SimpleNamespace(pictures=())))
