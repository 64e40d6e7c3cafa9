"""Parts that all trainings share: weight averaging, the learning-rate schedule, progress lines, a step."""

import copy
import time
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR

M = TypeVar("M", bound=nn.Module)


class Average(Generic[M]):
    """An exponential moving average of a module's weights, with a warm start."""

    def __init__(self, module: M, decay: float) -> None:
        self.model = copy.deepcopy(module).requires_grad_(False).eval()
        self.decay = decay
        self.updates = 0

    @torch.no_grad()
    def update(self, module: M) -> None:
        """Moves the average towards the module."""
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        torch._foreach_lerp_(list(self.model.parameters()), list(module.parameters()), 1 - decay)


class Progress:
    """Logs the mean loss of the last steps at regular intervals."""

    def __init__(self, steps: int, log: Callable[[str], None], every: int) -> None:
        self.steps, self.log, self.every = steps, log, every
        self.total, self.count = 0.0, 0
        self.started = time.monotonic()

    def note(self, step: int, loss: float) -> None:
        """Takes one step's loss."""
        self.total, self.count = self.total + loss, self.count + 1
        if (step + 1) % self.every == 0 or step + 1 == self.steps:
            seconds = time.monotonic() - self.started
            loss = self.total / self.count
            self.log(f"step {step + 1}/{self.steps} loss {loss:.5f} elapsed {seconds:.0f}s")
            self.total, self.count = 0.0, 0


def warm_then_cool(optimiser: torch.optim.Optimizer, steps: int, warmup: int, cooling: float) -> LambdaLR:
    """Linear warm-up, a constant rate, then a linear decay to zero over the last share of the steps."""

    def rate(step: int) -> float:
        return min(1.0, (step + 1) / warmup, (steps - step) / (steps * cooling))

    return LambdaLR(optimiser, rate)


def descend(
    loss: Tensor,
    parameters: Iterable[nn.Parameter],
    optimiser: torch.optim.Optimizer,
    schedule: LambdaLR,
) -> None:
    """One step down the gradient of the loss, its norm clipped to 1."""
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(parameters, 1.0)
    optimiser.step()
    schedule.step()
