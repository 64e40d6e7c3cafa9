"""Where extensions change how the predictions for both prompts are combined, and what comes of it."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Guided:
    """What guidance made of a step's predictions, each (batch, C, h, w).

    ``cond`` is what was predicted from the whole prompt, its parts weighted; ``guided`` is what the sampler
    gets. Both are noise where ``is_noise``, else pictures without it. ``sigma`` is the noise level, or the
    timestep for samplers that count in those.
    """

    x: Tensor
    sigma: Tensor
    cond: Tensor
    guided: Tensor
    is_noise: bool


class GuidedHook(Protocol):
    """Sees every step after guidance, and answers what ``guided`` is to be."""

    def __call__(self, seen: Guided, /) -> Tensor: ...
