"""The discrete variance-preserving schedule in continuous time, for UniPC."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

SkipType = Literal["time_uniform", "time_quadratic", "logSNR"]


class VpSchedule:
    """log alpha at times tau in (0, 1], linear between the N training steps; tau_i = (i + 1) / N."""

    def __init__(self, alphas_cumprod: Tensor) -> None:
        """``alphas_cumprod`` is (N,), falling."""
        self.log_alphas = 0.5 * alphas_cumprod.cpu().float().log()
        self.n = len(alphas_cumprod)
        self.taus = torch.linspace(0, 1, self.n + 1)[1:]

    def log_alpha(self, tau: Tensor) -> Tensor:
        """Logarithm of the signal's scale."""
        return _interpolate(tau, self.taus, self.log_alphas)

    def alpha(self, tau: Tensor) -> Tensor:
        """Scale of the signal, sqrt(alphas_cumprod) at the training steps."""
        return self.log_alpha(tau).exp()

    def sigma(self, tau: Tensor) -> Tensor:
        """Scale of the noise: alpha^2 + sigma^2 = 1."""
        return (1 - (2 * self.log_alpha(tau)).exp()).sqrt()

    def lambda_(self, tau: Tensor) -> Tensor:
        """Half the log signal-to-noise ratio."""
        log_alpha = self.log_alpha(tau)
        return log_alpha - 0.5 * (1 - (2 * log_alpha).exp()).log()

    def tau_of(self, lambda_: Tensor) -> Tensor:
        """The inverse of ``lambda_``."""
        log_alpha = -0.5 * torch.logaddexp(torch.zeros(()), -2 * lambda_)
        return _interpolate(log_alpha, self.log_alphas.flip(0), self.taus.flip(0))

    def grid(self, skip_type: SkipType, start: float, end: float, steps: int) -> Tensor:
        """(steps + 1,) times from ``start`` down to ``end``."""
        if skip_type == "logSNR":
            first, last = self.lambda_(torch.tensor(start)), self.lambda_(torch.tensor(end))
            return self.tau_of(torch.linspace(float(first), float(last), steps + 1))
        if skip_type == "time_quadratic":
            return torch.linspace(start**0.5, end**0.5, steps + 1) ** 2
        return torch.linspace(start, end, steps + 1)


def _interpolate(x: Tensor, xs: Tensor, ys: Tensor) -> Tensor:
    """Piecewise linear through (xs, ys) with xs ascending; the outer pieces go on beyond the ends."""
    right = torch.searchsorted(xs, x).clamp(1, len(xs) - 1)
    x0, x1, y0, y1 = xs[right - 1], xs[right], ys[right - 1], ys[right]
    return y0 + (x - x0) * (y1 - y0) / (x1 - x0)
