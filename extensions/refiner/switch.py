"""The moment at which the refiner takes over: a share of the noise levels, or of the steps, has passed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor

from pipelines.plugin import Predictor, Work


@dataclass(slots=True, kw_only=True)
class RefinerSwitch:
    """Returns the refiner's network, once, when sampling has passed ``switch_at`` (0..1 of the timesteps).

    A ``switch_at`` of None is passed at the first call. ``by_steps`` measures model calls against
    ``total_steps`` instead. ``sigmas``: the noise level of every timestep; samplers of the
    ``timestep_family`` pass a timestep as sigma.
    """

    make: Callable[[], Predictor | Work[Predictor]]
    switch_at: float | None
    by_steps: bool
    total_steps: int
    sigmas: Tensor
    timestep_family: bool
    switched: bool = field(default=False)

    def __call__(self, state: Predictor, sigma: Tensor, call: int) -> Predictor | Work[Predictor]:
        if self.switched or (self.switch_at is not None and self._completed(sigma, call) < self.switch_at):
            return state
        self.switched = True
        return self.make()

    def _completed(self, sigma: Tensor, call: int) -> float:
        if self.by_steps:
            return call / max(self.total_steps, 1)
        if self.timestep_family:
            timestep = int(sigma)
        else:
            timestep = int(torch.argmin((self.sigmas - sigma).abs()))
        return (999 - timestep) / 1000
