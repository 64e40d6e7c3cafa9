"""Hooks by which extensions change the predictions before guidance combines them, and the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """The network's predictions at one step, before guidance, each (batch, C, h, w).

    ``cond`` and ``uncond`` are noise where ``is_noise``, else pictures without it; ``picture`` is the one
    predicted from the prompt alone. ``scale`` is the guidance weight that will be used. ``timestep`` is the
    network's own.
    """

    x: Tensor
    cond: Tensor
    uncond: Tensor
    picture: Tensor
    is_noise: bool
    scale: float
    timestep: float


class GuidanceHook(Protocol):
    """Called with every step's predictions; ``cond`` and ``scale`` of the returned ones are used.

    Not called where a prompt has parts joined by AND.
    """

    def __call__(self, seen: Predictions, /) -> Predictions: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Guided:
    """A step's predictions after guidance, each (batch, C, h, w).

    ``cond`` is the prediction from the whole prompt, its parts weighted; ``guided`` is the one that the
    sampler gets. Both are noise where ``is_noise``, else pictures without it. ``sigma`` is the noise level,
    or the timestep for samplers that count in those.
    """

    x: Tensor
    sigma: Tensor
    cond: Tensor
    guided: Tensor
    is_noise: bool


class GuidedHook(Protocol):
    """Called with every step's predictions after guidance; returns what takes the place of ``guided``."""

    def __call__(self, seen: Guided, /) -> Tensor: ...
