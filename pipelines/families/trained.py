"""What a family that can be trained says of it: its layers, the memory they take, its words in files.

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
    """What trained files call the checkpoints they go with.

    ``version``: in kohya's metadata; ``v2``: whether those count them as the second Stable Diffusion.
    ``architecture``: in the ModelSpec (Stability AI) of version 1.0.0; ``velocity``: there, of a file that
    was trained to say v, None for the same.
    """

    version: str
    architecture: str
    velocity: str | None = None
    v2: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedPart:
    """Layers of a network that adapters train: below ``root``, with paths that match ``pattern`` as a whole.

    ``key``: from a layer's path to its name in files, without what says which half of an adapter it is.
    """

    root: nn.Module
    pattern: str
    key: Callable[[str], str]


class Trainable(Protocol):
    """How a family is trained."""

    @property
    def words(self) -> AdapterWords: ...

    def backbone(self, model: LoadedModel) -> TrainedPart:
        """What adapters train of the backbone."""
        ...

    def text(self, model: LoadedModel) -> Sequence[TrainedPart]:
        """And of each text encoder."""
        ...

    def recomputing(self, model: LoadedModel) -> AbstractContextManager[None]:
        """While entered, blocks of the backbone are computed once more for gradients, which saves memory."""
        ...

    def graph_numbers(self, model: LoadedModel, width: int, height: int) -> int:
        """Numbers that the gradients of one picture need, roughly; its sides are in pixels."""
        ...
