"""Whether a training run fits: one copy of the weights, what is trained four times, and one step's graph."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager

import torch
from torch import nn

from pipelines.contract.errors import OverBudget
from pipelines.contract.training import TrainRequest
from pipelines.families.model import LoadedModel
from pipelines.memory.budget import MIB, Budget

COPIES = 4
"""Of what is trained: itself, its gradient, and two moments of AdamW."""
LAYER_TENSORS = 24
"""Tensors of the size of its input that one block of a UNet keeps for its gradients: an estimate."""


@contextmanager
def lean(model: LoadedModel) -> Generator[None]:
    """While entered, an accelerator computes blocks once more for gradients, which saves memory."""
    if model.device.type == "cpu":
        yield
        return
    model.unet.enable_gradient_checkpointing()
    try:
        yield
    finally:
        model.unet.disable_gradient_checkpointing()


def graph_bytes(request: TrainRequest, model: LoadedModel) -> int:
    """What the graph of one batch takes, roughly: every block of the backbone at its size."""
    plan, cell = request.pictures, model.latents.cell
    cells = (plan.width // cell) * (plan.height // cell)
    config = model.unet.config
    blocks = 2 * int(config["layers_per_block"]) + 2
    kept = sum(
        width * (cells // 4**level) * blocks * LAYER_TENSORS
        for level, width in enumerate(config["block_out_channels"])
    )
    return kept * request.steps.batch_size * model.precision.unet.itemsize


def require_memory(
    request: TrainRequest, model: LoadedModel, parameters: Sequence[nn.Parameter], budget: Budget
) -> None:
    """Raise OverBudget, with the figures, for a run that can't fit, or whose model comes in parts."""
    if model.placement.takes_turns and model.device.type != "cpu":
        text = "gradients go through all parts of a model, and this server has one at a time on the device"
        raise OverBudget(f"{text} (--medvram, --lowvram, or a VRAM budget)", field="checkpoint")
    trained = COPIES * sum(parameter.nbytes for parameter in parameters)
    graph = graph_bytes(request, model)
    budget.require(trained, f"training {request.name}", field="batch_size")
    if model.device.type == "cpu":
        _compare(trained + graph, budget.limit if budget.hard else None, "RAM", request)
    elif model.device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(model.device)
        _compare(trained + graph, free + torch.cuda.memory_reserved(model.device), "VRAM", request)


def _compare(needed: int, there: int | None, what: str, request: TrainRequest) -> None:
    if there is not None and needed > there:
        plan, size = request.pictures, request.steps.batch_size
        text = f"training {size} pictures of {plan.width}x{plan.height} at once needs {needed // MIB} MiB"
        raise OverBudget(f"{text}; there are {there // MIB} MiB of {what}", field="batch_size")
