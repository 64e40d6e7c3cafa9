"""The protocol between a sampler and its driver: the points it evaluates, and the noise it draws."""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple, Protocol, TypeAlias

from torch import Tensor


class Evaluate(NamedTuple):
    """Ask for the model at ``x`` (B, C, h, w).

    ``sigma`` is a 0-d CPU tensor: the noise level, or for timestep samplers the timestep in 0..999
    (fractional for UniPC). ``step`` counts outer iterations from 0, for progress.
    """

    x: Tensor
    sigma: Tensor
    step: int


class GuidedEps(NamedTuple):
    """Noise predictions of one call: guided, and of the unconditional rows before guidance."""

    eps: Tensor
    uncond: Tensor


SamplerRun: TypeAlias = Generator[Evaluate, Tensor, Tensor]
"""Yields points, is sent ``denoised`` (timestep samplers: eps), returns the final x."""

GuidedRun: TypeAlias = Generator[Evaluate, GuidedEps, Tensor]
"""Like SamplerRun, but is sent both predictions."""


def later(run: SamplerRun, steps: int) -> SamplerRun:
    """A run that counts its steps from ``steps`` on."""
    try:
        wanted = next(run)
        while True:
            wanted = run.send((yield wanted._replace(step=wanted.step + steps)))
    except StopIteration as ended:
        result: Tensor = ended.value
        return result


class Noise(Protocol):
    """Fresh standard normals for the whole batch."""

    def __call__(self) -> Tensor:
        """The next draw of every image's own stream, (B, C, h, w)."""
        ...

    def between(self, sigma: Tensor, sigma_next: Tensor) -> Tensor:
        """Brownian motion from ``sigma`` to ``sigma_next``, scaled to unit variance, (B, C, h, w)."""
        ...
