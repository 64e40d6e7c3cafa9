"""The bookkeeping of graphs: when one is recorded, what is kept, and what happens when that fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from pipelines.families.graphs import AFTER, MOST, Graphs
from pipelines.families.model import BackboneInputs, Residuals

CPU = torch.device("cpu")
MIB = 2**20


class FakeCapture:
    """Records by running; ``error`` is raised in place of that."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.tries = 0
        self.forgotten = 0

    def __call__(self, compute: Callable[[], Tensor], /) -> tuple[Callable[[], None], Tensor]:
        self.tries += 1
        if self.error is not None:
            raise self.error
        output = compute()

        def replay() -> None:
            output.copy_(compute())

        return replay, output

    def forget(self) -> None:
        self.forgotten += 1


class FakeMemory:
    """Figures of a device."""

    free, reserved, allocated = 100 * MIB, 30 * MIB, 20 * MIB


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> FakeMemory:
    figures = FakeMemory()
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (figures.free, 2**30))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: figures.reserved)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda device: figures.allocated)
    return figures


def question(width: int = 4, number: float = 1.0) -> BackboneInputs:
    x = torch.full((1, 4, 4, width), number)
    return BackboneInputs(x=x, timesteps=torch.tensor([number]), context=torch.full((1, 2, 3), number))


def double(inputs: BackboneInputs) -> Tensor:
    more = 0.0 if inputs.residuals is None else inputs.residuals.middle.sum()
    return inputs.x * 2 + more


def asked(graphs: Graphs, inputs: BackboneInputs, times: int = AFTER + 1) -> None:
    for _ in range(times):
        assert torch.equal(graphs.call(inputs, double), double(inputs))


def test_equal_calls_are_recorded_after_a_few(memory: FakeMemory) -> None:
    capture = FakeCapture()
    graphs = Graphs(CPU, capture=capture)
    asked(graphs, question(), AFTER)
    assert (capture.tries, len(graphs)) == (0, 0)
    asked(graphs, question(number=3.0), 3)
    assert (capture.tries, len(graphs)) == (1, 1)
    asked(graphs, replace(question(), residuals=Residuals(skips=(), middle=torch.ones(1))))
    asked(graphs, replace(question(), vector=torch.ones(1, 2)))
    assert len(graphs) == 3


def test_answers_outlive_the_next_call(memory: FakeMemory) -> None:
    graphs = Graphs(CPU, capture=FakeCapture())
    asked(graphs, question())
    first = graphs.call(question(number=1.0), double)
    graphs.call(question(number=5.0), double)
    assert torch.equal(first, double(question(number=1.0)))


def test_the_shapes_used_last_are_kept(memory: FakeMemory) -> None:
    capture = FakeCapture()
    graphs = Graphs(CPU, capture=capture)
    for width in range(1, MOST + 2):
        asked(graphs, question(width))
    assert (capture.tries, len(graphs)) == (MOST + 1, MOST)
    asked(graphs, question(2), 1)
    assert capture.tries == MOST + 1


def test_nothing_is_left_after_clear(memory: FakeMemory) -> None:
    capture = FakeCapture()
    graphs = Graphs(CPU, capture=capture)
    asked(graphs, question())
    graphs.clear()
    asked(graphs, question(), AFTER)
    assert (len(graphs), capture.tries, capture.forgotten) == (0, 1, 1)


@pytest.mark.parametrize(
    ("free", "budget", "recorded"), [(10 * MIB, None, 1), (9 * MIB, None, 0), (100 * MIB, 39 * MIB, 0)]
)
def test_what_calls_work_with_must_fit_twice(
    memory: FakeMemory, free: int, budget: int | None, recorded: int
) -> None:
    memory.free = free
    graphs = Graphs(CPU, capture=FakeCapture(), budget=budget)
    asked(graphs, question())
    assert len(graphs) == recorded


def test_what_cannot_be_recorded_is_computed_and_said_once(
    memory: FakeMemory, caplog: pytest.LogCaptureFixture
) -> None:
    capture = FakeCapture(RuntimeError("not permitted"))
    asked(Graphs(CPU, capture=capture), question(), 3 * AFTER)
    assert capture.tries == 1
    assert [record.getMessage() for record in caplog.records] == [
        "kernels are launched one by one: they can't be captured: not permitted"
    ]


def test_without_memory_for_it_the_others_go_and_it_is_tried_later(
    memory: FakeMemory, caplog: pytest.LogCaptureFixture
) -> None:
    capture = FakeCapture()
    graphs = Graphs(CPU, capture=capture)
    asked(graphs, question())
    capture.error = torch.OutOfMemoryError("full")
    asked(graphs, question(8))
    assert len(graphs) == 0 and not caplog.records
    capture.error = None
    asked(graphs, question(8))
    assert len(graphs) == 1
