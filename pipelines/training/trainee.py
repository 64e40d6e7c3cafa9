"""The interface between the training loop and what is trained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from torch import Tensor, nn
from torch.optim import Optimizer

from pipelines.contract.requests import OwnFiles
from pipelines.training.chance import Chance
from pipelines.training.dataset import Dataset, TrainingBatch


@dataclass(frozen=True, slots=True, kw_only=True)
class TraineeNames:
    """Names of its files: the folder of saves, their suffix, the table of losses; ``word`` is for people."""

    word: str
    folder: str
    suffix: str
    losses: str


class Trainee(Protocol):
    """An embedding, a hypernetwork or a LoRA that is being trained.

    Between ``put_on`` and ``take_off`` the model computes with it and gradients reach its parameters;
    afterwards the model is as it was, bit for bit. ``made`` counts its steps, those of earlier runs included.
    """

    made: int

    @property
    def names(self) -> TraineeNames: ...

    @property
    def parameters(self) -> Sequence[nn.Parameter]: ...

    def put_on(self) -> None: ...

    def take_off(self) -> None: ...

    def prepare(self, dataset: Dataset) -> None:
        """Read the pictures once, before the first step."""
        ...

    def make_optimizer(self, rate: float) -> Optimizer: ...

    def set_rate(self, optimizer: Optimizer, rate: float) -> float:
        """Give the optimizer the rate of the next step; return the rate for logs and progress."""
        ...

    def loss(self, batch: TrainingBatch, chance: Chance) -> Tensor:
        """Compute the mean loss of a batch, with its graph."""
        ...

    def save(self, path: Path, *, name: str) -> None:
        """Write it with the steps made. Raises DiskFull, NotWritten."""
        ...

    def optimizer_record(self, path: Path, optimizer: Optimizer) -> Mapping[str, Any]:
        """Return the optimizer's state for the file next to ``path``, with a mark of what is trained."""
        ...

    def accepts(self, record: Mapping[str, Any], path: Path) -> bool:
        """True if such a record belongs to what is trained now."""
        ...

    def own_files(self, folder: Path) -> OwnFiles:
        """Write files into ``folder`` by which a generation uses it as it is now."""
        ...

    def facts(self) -> Mapping[str, Any]:
        """Return its entries in the settings file."""
        ...


def set_rate(optimizer: Optimizer, rate: float) -> float:
    """Set one rate for all that is trained, and return it."""
    for group in optimizer.param_groups:
        group["lr"] = rate
    return rate
