"""Where extensions change how the predictions for both prompts are combined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """What the network predicted at one step, before guidance, each (batch, C, h, w).

    ``cond`` and ``uncond`` are noise where ``is_noise``, else pictures without it; ``picture`` is the one
    predicted from the prompt alone. ``scale`` is the guidance weight that will be used. ``timestep`` is what
    the network was told.
    """

    x: Tensor
    cond: Tensor
    uncond: Tensor
    picture: Tensor
    is_noise: bool
    scale: float
    timestep: float


class GuidanceHook(Protocol):
    """Sees every step's predictions, and answers what ``cond`` and ``scale`` are to be.

    It isn't asked where a prompt has parts joined by AND.
    """

    def __call__(self, seen: Predictions, /) -> Predictions: ...
