"""Parts of a model move to the device and back unchanged."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from pipelines.contract.control import Action, JobControl
from pipelines.contract.errors import Cancelled, OutOfMemory
from pipelines.contract.heed import advancing
from pipelines.families import placement as placements
from pipelines.families.placement import Placement

PARTS = ("backbone", "text", "vae")


@pytest.fixture(autouse=True)
def device_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies in RAM stand for a GPU's memory."""

    def copy(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
        return tensor.clone()

    monkeypatch.setattr(placements, "transfer", copy)


class Model:
    """A model of three small parts."""

    def __init__(self, device: str = "cuda") -> None:
        self.device = torch.device(device)
        self.parts: dict[str, nn.Module] = {part: nn.BatchNorm1d(2) for part in PARTS}
        self.homes = {part: pointers(module) for part, module in self.parts.items()}

    def modules_of(self, part: str) -> tuple[nn.Module, ...]:
        return (self.parts[part],)

    def on_device(self) -> set[str]:
        """Parts that no longer compute with their tensors in RAM."""
        return {part for part, module in self.parts.items() if not pointers(module) & self.homes[part]}


def pointers(module: nn.Module) -> set[int]:
    """Addresses of a module's tensors."""
    return {tensor.data_ptr() for tensor in (*module.parameters(), *module.buffers())}


def test_parts_come_and_stay() -> None:
    model, placement = Model(), Placement()
    placement.require(model, ("text",))
    placement.require(model, ("backbone",))
    assert model.on_device() == {"text", "backbone"}
    assert placement.has(model, ("text", "backbone"))
    assert not placement.has(model, ("vae",))


def test_one_at_a_time() -> None:
    model, placement = Model(), Placement(one_at_a_time=True)
    placement.require(model, ("text",))
    placement.require(model, ("backbone",))
    assert model.on_device() == {"backbone"}


def test_leaving_brings_back_the_very_tensors() -> None:
    model, placement = Model(), Placement()
    placement.require(model, PARTS)
    placement.leave()
    assert model.on_device() == set()
    assert {part: pointers(module) for part, module in model.parts.items()} == model.homes
    assert placement.resident == ()


def test_a_changed_dtype_survives_leaving() -> None:
    model, placement = Model(), Placement()
    placement.require(model, ("vae",))
    for tensor in model.parts["vae"].parameters():
        tensor.data = torch.ones(2, dtype=torch.float64)
    placement.leave()
    assert {tensor.dtype for tensor in model.parts["vae"].parameters()} == {torch.float64}


def test_a_cpu_needs_no_moving() -> None:
    model, placement = Model("cpu"), Placement()
    assert placement.has(model, PARTS)
    placement.require(model, PARTS)
    assert placement.resident == ()


def test_out_of_memory_undoes_the_move(monkeypatch: pytest.MonkeyPatch) -> None:
    model, placement = Model(), Placement()
    calls = 0

    def failing(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise torch.OutOfMemoryError("no")
        return tensor.clone()

    monkeypatch.setattr(placements, "transfer", failing)
    with pytest.raises(OutOfMemory, match="backbone"):
        placement.require(model, ("backbone",))
    assert model.on_device() == set()
    assert placement.resident == ()


def test_a_job_that_is_given_up_on_the_way_brings_everything_back(monkeypatch: pytest.MonkeyPatch) -> None:
    model, placement, control = Model(), Placement(), JobControl()

    def copy(tensor: torch.Tensor, device: torch.device) -> torch.Tensor:
        control.ask(Action.CANCEL)
        return tensor.clone()

    monkeypatch.setattr(placements, "transfer", copy)
    with advancing(control), pytest.raises(Cancelled):
        placement.require(model, ("backbone",))
    assert placement.resident == ()
    assert all(pointers(module) == model.homes[part] for part, module in model.parts.items())
