"""The noise levels of a rectified-flow model: shares of noise in a mixture, bent by a shift."""

from __future__ import annotations

import torch
from torch import Tensor

TRAINING_STEPS = 1000


class FlowTable:
    """Levels sigma in 0..1 of x = (1 - sigma) * picture + sigma * noise; the network's time is 1000 sigma.

    ``shift`` above 1 bends the levels towards noise (Esser et al. 2024, section 5.3.2).
    """

    flow = True
    aligned_levels: tuple[float, ...] = ()

    def __init__(self, *, shift: float = 3.0, n: int = TRAINING_STEPS) -> None:
        self.shift = shift
        self.sigmas = self._shifted(torch.arange(1, n + 1) / n)

    @property
    def alphas_cumprod(self) -> Tensor:
        """Those of the variance-preserving process with the same ratios of signal to noise."""
        signal = (1 - self.sigmas) ** 2
        return signal / (signal + self.sigmas**2)

    def t_to_sigma(self, t: Tensor) -> Tensor:
        """Levels of (fractional) times in 0..1000, of any shape."""
        return self._shifted(t.float().cpu() / TRAINING_STEPS)

    def sigma_to_t(self, sigma: Tensor, *, quantize: bool = False) -> Tensor:
        """Return the network's times of levels, of any shape; not the inverse of ``t_to_sigma``."""
        return sigma.detach().cpu() * TRAINING_STEPS

    def default_sigmas(self, n: int) -> Tensor:
        """(n + 1,) every (N/n)-th level from the top, ending in 0: what others call Simple."""
        stride = len(self.sigmas) / max(n, 1)
        levels = [self.sigmas[-(1 + int(i * stride))] for i in range(n)]
        return torch.stack([*levels, self.sigmas.new_zeros(())])

    def noised(self, latent: Tensor, noise: Tensor, sigma: Tensor) -> Tensor:
        """The mixture of a picture's latents and unit noise."""
        return latent * (1 - sigma) + noise * sigma

    def pure_noise(self, noise: Tensor, sigma: Tensor, *, unit_variance: bool = False) -> Tensor:
        """Scale unit noise to the first x of a pass without a picture."""
        return noise * sigma

    def _shifted(self, share: Tensor) -> Tensor:
        return self.shift * share / (1 + (self.shift - 1) * share)
