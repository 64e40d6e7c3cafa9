"""The random numbers of one training run, in the place of the original's global generators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import torch
from torch import Tensor


@dataclass(slots=True)
class Chance:
    """Two generators: ``torch`` in the place of torch's default on the CPU, ``random`` of Python's."""

    seed: int
    torch: torch.Generator = field(default_factory=torch.Generator)
    random: Random = field(default_factory=Random)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Seed both again: done where the original makes its optimizer, so that runs can be compared."""
        self.torch.manual_seed(self.seed)
        self.random.seed(self.seed)

    def noise(self, shape: torch.Size | tuple[int, ...]) -> Tensor:
        """Draw unit noise in fp32 on the CPU."""
        return torch.randn(shape, generator=self.torch)

    def timesteps(self, rows: int, steps: int) -> Tensor:
        """Draw the training steps of a batch, (rows,) in 0..steps - 1."""
        return torch.randint(0, steps, (rows,), generator=self.torch)

    def begin_loader(self) -> None:
        """Draw what torch's data loader draws at the start of an epoch."""
        torch.empty((), dtype=torch.int64).random_(generator=self.torch)

    def state(self) -> Mapping[str, Any]:
        """Return the state of both generators, for ``restore``."""
        return {"torch": self.torch.get_state(), "random": self.random.getstate()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on from where ``state`` was taken."""
        self.torch.set_state(state["torch"])
        version, numbers, gauss = state["random"]
        self.random.setstate((version, tuple(numbers), gauss))
