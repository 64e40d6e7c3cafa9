"""The training side of a family: its layers, the memory they take, its names in trained files.

Needs no torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from torch import nn

    from pipelines.families.model import LoadedModel


@dataclass(frozen=True, slots=True, kw_only=True)
class AdapterWords:
    """Names in trained files of the checkpoints they go with.

    ``version``: in kohya's metadata; ``v2``: True where those count them as the second Stable Diffusion.
    ``architecture``: in the ModelSpec (Stability AI) of version 1.0.0; ``velocity``: there, of a file that
    was trained to predict v, None for the same.
    """

    version: str
    architecture: str
    velocity: str | None = None
    v2: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedPart:
    """Layers of a network that adapters train: below ``root``, with paths that match ``pattern`` as a whole.

    ``key``: from a layer's path to its name in files, without the ending that names the half of an adapter.
    """

    root: nn.Module
    pattern: str
    key: Callable[[str], str]


class Trainable(Protocol):
    """The training of a family: layers that adapters train, and the memory that gradients take."""

    @property
    def words(self) -> AdapterWords: ...

    def backbone(self, model: LoadedModel) -> TrainedPart:
        """Return the layers of the backbone that adapters train."""
        ...

    def text(self, model: LoadedModel) -> Sequence[TrainedPart]:
        """Return the layers of each text encoder that adapters train."""
        ...

    def recomputing(self, model: LoadedModel) -> AbstractContextManager[None]:
        """Return a context in which blocks of the backbone are recomputed for gradients, to save memory."""
        ...

    def graph_numbers(self, model: LoadedModel, width: int, height: int) -> int:
        """Estimate the numbers that are kept for the gradients of one picture; its sides are in pixels."""
        ...
