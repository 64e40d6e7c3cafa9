"""One evaluation of the network: the unit in which work of several jobs can share a batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from torch import Tensor

from pipelines.families.patches import Patches

if TYPE_CHECKING:
    from pipelines.families.model import LoadedModel, Residuals


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The prompt and picture of each row of a batch, for hooks that treat them differently.

    ``is_cond``: True for a row of the prompt, False for one of the negative prompt. ``image``: index of the
    picture in its batch. ``call``: number of guided calls before this one. ``sigma``: noise level, or the
    timestep for timestep samplers. ``timestep``: the network's own. ``fraction``: sampling progress in 0..1.
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
    """Changes the UNet's output, (rows, C, h, w), knowing the call."""

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
        """A key that is equal for calls that may be evaluated in one batch."""
        special = self.attention or self.outputs or self.residuals is not None
        alone = id(self) if special else None
        vector = None if self.vector is None else self.vector.shape[1:]
        return (id(self.model), self.patches, self.x.shape[1:], self.context.shape[1:], vector, alone)


class CallHook(Protocol):
    """Called with every model call before it is made; returns it or another (control networks do)."""

    def __call__(self, call: ModelCall, /) -> ModelCall: ...
