"""The memory of a training run: one copy of the weights, four of what is trained, and one step's graph."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from pipelines.contract.errors import OverBudget
from pipelines.contract.training import TrainRequest
from pipelines.families.model import LoadedModel
from pipelines.memory.budget import MIB, Budget
from pipelines.training.loss import training_of

COPIES = 4
"""Copies of what is trained: itself, its gradient, and two moments of AdamW."""
IN_PARTS = (
    "gradients go through all parts of a model, and this server has one at a time on the device "
    "(--medvram, --lowvram, or a VRAM budget)"
)


@contextmanager
def lean(model: LoadedModel) -> Generator[None]:
    """Let an accelerator compute blocks once more for gradients, which saves memory."""
    if model.device.type == "cpu":
        yield
        return
    with training_of(model).recomputing(model):
        yield


def graph_bytes(request: TrainRequest, model: LoadedModel, width: int, height: int) -> int:
    """Estimate the bytes of the graph of one batch."""
    kept = training_of(model).graph_numbers(model, width, height)
    return kept * request.steps.batch_size * model.precision.unet.itemsize


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRoom:
    """The memory that a run needs, and the budget that it has to fit into."""

    request: TrainRequest
    model: LoadedModel
    parameters: Sequence[nn.Parameter]
    budget: Budget

    def require(self, width: int, height: int) -> None:
        """Raise OverBudget, with the figures, if pictures of a size don't fit, or for a model in parts."""
        model, device = self.model, self.model.device
        if model.placement.takes_turns and device.type != "cpu":
            raise OverBudget(IN_PARTS, field="checkpoint")
        trained = COPIES * sum(parameter.nbytes for parameter in self.parameters)
        needed = trained + graph_bytes(self.request, model, width, height)
        if device.type == "cpu":
            self.budget.make_room(needed)
            self._compare(needed, self._unused(), "RAM", width, height)
            return
        self.budget.require(trained, f"training {self.request.name}", field="steps.batch_size")
        if device.type == "cuda":
            free, _ = torch.cuda.mem_get_info(device)
            self._compare(needed, free + torch.cuda.memory_reserved(device), "VRAM", width, height)

    def _unused(self) -> int | None:
        """Return the bytes that a hard budget leaves after the weights in use; None without one."""
        limit = self.budget.limit if self.budget.hard else None
        return None if limit is None else max(0, limit - self.budget.used)

    def _compare(self, needed: int, there: int | None, what: str, width: int, height: int) -> None:
        if there is not None and needed > there:
            text = f"training {self.request.steps.batch_size} pictures of {width}x{height} at once needs"
            text = f"{text} {needed // MIB} MiB; there are {there // MIB} MiB of {what}"
            raise OverBudget(text, field="steps.batch_size")
