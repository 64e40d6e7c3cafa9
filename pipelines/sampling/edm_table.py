"""The noise levels of models trained in EDM's parameterisation, as Playground 2.5 is."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from pipelines.sampling.noise_table import AddedNoise, append_zero

LOWEST, HIGHEST = 0.002, 120.0
DATA_DEVIATION = 0.5
"""Standard deviation of the latents that training assumed."""
LEVELS = 1000


class EdmTable(AddedNoise):
    """Levels between ``LOWEST`` and ``HIGHEST``; the network's time is ln(sigma) / 4 (Karras et al. 2022)."""

    aligned_levels: tuple[float, ...] = ()

    def __init__(self) -> None:
        self.sigmas = torch.linspace(math.log(LOWEST), math.log(HIGHEST), LEVELS).exp()

    @property
    def alphas_cumprod(self) -> Tensor:
        """Those of the variance-preserving process with the same ratios of signal to noise."""
        return 1 / (1 + self.sigmas**2)

    def t_to_sigma(self, t: Tensor) -> Tensor:
        """Return the noise levels of the network's times, of any shape."""
        return (t.float().cpu() * 4).exp()

    def sigma_to_t(self, sigma: Tensor, *, quantize: bool = False) -> Tensor:
        """Return the network's times of noise levels, of any shape; ``quantize`` changes nothing."""
        return sigma.detach().cpu().log() / 4

    def default_sigmas(self, n: int) -> Tensor:
        """Return (n + 1,) levels evenly spaced in the network's time, ending in 0."""
        first, last = self.sigma_to_t(self.sigmas[-1]), self.sigma_to_t(self.sigmas[0])
        return append_zero(self.t_to_sigma(torch.linspace(float(first), float(last), n)))
