"""What a job asks of the network: the unit in which work of several jobs can share one batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from torch import Tensor

from pipelines.families.patches import Patches

if TYPE_CHECKING:
    from pipelines.families.model import LoadedModel, Residuals


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Who the rows of a batch are, for hooks that treat them differently.

    ``is_cond``: whether the row carries the prompt (True) or the negative prompt (False).
    ``image``: index of the picture in its batch. ``call``: how many guided calls came before.
    ``sigma``: noise level, or the timestep for timestep samplers. ``timestep``: what the network is told.
    ``fraction``: sampling progress in 0..1.
    """

    is_cond: tuple[bool, ...]
    image: tuple[int, ...]
    call: int
    sigma: float
    timestep: float
    fraction: float


class AttentionHook(Protocol):
    """Changes the UNet's attention for one call; entered before it, left after it."""

    def __enter__(self) -> object: ...

    def __exit__(self, *error: object) -> None: ...


class OutputHook(Protocol):
    """Changes what the UNet answers, (rows, C, h, w); sees the call as well."""

    def __call__(self, call: ModelCall, output: Tensor, /) -> Tensor: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One evaluation of the UNet.

    ``x`` (rows, channels, h, w) is already scaled and carries image conditioning channels;
    ``timesteps`` (rows,); ``context`` (rows, tokens, width); ``vector`` (rows, width) for SDXL.
    """

    model: LoadedModel
    patches: Patches
    x: Tensor
    timesteps: Tensor
    context: Tensor
    rows: Rows
    vector: Tensor | None = None
    residuals: Residuals | None = None
    attention: tuple[AttentionHook, ...] = ()
    outputs: tuple[OutputHook, ...] = ()

    @property
    def batch_key(self) -> tuple[object, ...]:
        """Calls with equal keys may be evaluated in one batch."""
        special = self.attention or self.outputs or self.residuals is not None
        alone = id(self) if special else None
        vector = None if self.vector is None else self.vector.shape[1:]
        return (id(self.model), self.patches, self.x.shape[1:], self.context.shape[1:], vector, alone)


class CallHook(Protocol):
    """Sees every model call before it is made and may answer another (control networks do)."""

    def __call__(self, call: ModelCall, /) -> ModelCall: ...
