"""The model's noise levels: alphas of its training steps, and the way between t and sigma."""

from __future__ import annotations

from typing import Protocol

import torch
from torch import Tensor

_ZERO_TERMINAL_ALPHA = 4.8973451890853435e-08
_STRETCHED_BELOW = 1e-07
"""Float16 has no number nearer to that alpha than 6e-08."""


class SigmaTable(Protocol):
    """Noise levels of a model and their timesteps.

    ``flow``: a level is the share of noise in a mixture, not what is added to the picture.
    ``aligned_levels``: those of the schedule Align Your Steps, empty if there are none.
    """

    @property
    def flow(self) -> bool: ...

    @property
    def aligned_levels(self) -> tuple[float, ...]: ...

    @property
    def alphas_cumprod(self) -> Tensor:
        """(1000,) of the training steps."""
        ...

    @property
    def sigmas(self) -> Tensor:
        """Noise levels, (N,) rising."""
        ...

    def t_to_sigma(self, t: Tensor) -> Tensor:
        """Noise levels of (fractional) timesteps."""
        ...

    def sigma_to_t(self, sigma: Tensor, *, quantize: bool = False) -> Tensor:
        """Timesteps of noise levels."""
        ...

    def default_sigmas(self, n: int) -> Tensor:
        """(n + 1,) levels of the model's own schedule, ending in 0."""
        ...

    def noised(self, latent: Tensor, noise: Tensor, sigma: Tensor) -> Tensor:
        """A picture's latents with unit noise at a level."""
        ...

    def pure_noise(self, noise: Tensor, sigma: Tensor, *, unit_variance: bool = False) -> Tensor:
        """Scale unit noise to the first x of a pass without a picture.

        ``unit_variance`` assumes a picture of unit variance below the noise (sgm_noise_multiplier).
        """
        ...


class AddedNoise:
    """Levels sigma of x = picture + sigma * noise."""

    flow = False

    def noised(self, latent: Tensor, noise: Tensor, sigma: Tensor) -> Tensor:
        """See ``SigmaTable``."""
        return latent + noise * sigma

    def pure_noise(self, noise: Tensor, sigma: Tensor, *, unit_variance: bool = False) -> Tensor:
        """See ``SigmaTable``."""
        return noise * ((1 + sigma**2) ** 0.5 if unit_variance else sigma)


class NoiseTable(AddedNoise):
    """Noise levels of a discretely trained model; between them, log sigma is linear in t.

    Everything is on the CPU. float32 alphas give float32 levels; float16 ones (option
    use_downcasted_alpha_bar) give float16 levels.
    """

    def __init__(self, alphas_cumprod: Tensor, *, aligned_levels: tuple[float, ...] = ()) -> None:
        """``alphas_cumprod`` (N,), falling, in 0..1."""
        self.aligned_levels = aligned_levels
        self.alphas_cumprod = alphas_cumprod.detach().cpu()
        self.sigmas = ((1 - self.alphas_cumprod) / self.alphas_cumprod) ** 0.5
        self.log_sigmas = self.sigmas.log()

    def t_to_sigma(self, t: Tensor) -> Tensor:
        """Noise levels at timesteps in 0..N-1, of any shape."""
        return _interpolate_log(self.log_sigmas, t.float())

    def sigma_to_t(self, sigma: Tensor, *, quantize: bool = False) -> Tensor:
        """Timesteps (fractional unless ``quantize``) of noise levels of any shape, on the CPU."""
        log_sigma = sigma.detach().cpu().log()
        # a table in fp16 (option use_downcasted_alpha_bar) is compared in fp32
        distance = log_sigma - self.log_sigmas.float().reshape(-1, *(1,) * sigma.ndim)
        if quantize:
            return distance.abs().argmin(dim=0)
        low = (distance >= 0).cumsum(dim=0).argmax(dim=0).clamp(max=len(self.log_sigmas) - 2)
        log_low, log_high = self.log_sigmas[low], self.log_sigmas[low + 1]
        share = ((log_low - log_sigma) / (log_low - log_high)).clamp(0, 1)
        return (1 - share) * low + share * (low + 1)

    def default_sigmas(self, n: int) -> Tensor:
        """(n + 1,) levels at evenly spaced timesteps from the last to 0, ending in 0."""
        return append_zero(self.t_to_sigma(torch.linspace(len(self.sigmas) - 1, 0, n)))


class LcmTable(AddedNoise):
    """The 50 of 1000 levels that latent consistency models were distilled on: t = 19, 39, ... 999."""

    stride = 20

    @classmethod
    def of(cls, table: SigmaTable) -> LcmTable:
        """Take them from a model's own levels."""
        return cls(table.alphas_cumprod, aligned_levels=table.aligned_levels)

    def __init__(self, alphas_cumprod: Tensor, *, aligned_levels: tuple[float, ...] = ()) -> None:
        """Keep every 20th level of ``alphas_cumprod`` (1000,)."""
        self.aligned_levels = aligned_levels
        self.alphas_cumprod = alphas_cumprod.detach().cpu()
        subset = self.alphas_cumprod[self.stride - 1 :: self.stride]
        self.sigmas = ((1 - subset) / subset) ** 0.5
        self.log_sigmas = self.sigmas.log()

    def t_to_sigma(self, t: Tensor) -> Tensor:
        """Noise levels at timesteps of the full schedule, of any shape."""
        index = ((t.float() - (self.stride - 1)) / self.stride).clamp(0, len(self.sigmas) - 1)
        return _interpolate_log(self.log_sigmas, index)

    def sigma_to_t(self, sigma: Tensor, *, quantize: bool = False) -> Tensor:
        """The nearest of the table's timesteps, whether asked to quantize or not."""
        log_sigma = sigma.detach().cpu().log()
        distance = log_sigma - self.log_sigmas.float().reshape(-1, *(1,) * sigma.ndim)
        return distance.abs().argmin(dim=0) * self.stride + (self.stride - 1)

    def default_sigmas(self, n: int) -> Tensor:
        """(n + 1,) levels at evenly spaced timesteps from 999 to 19, ending in 0."""
        first = self.stride * len(self.sigmas) - 1
        return append_zero(self.t_to_sigma(torch.linspace(first, self.stride - 1, n)))


def lcm_scaling(t: Tensor) -> tuple[Tensor, Tensor]:
    """(c_skip, c_out) of the consistency model at timestep t: D = c_out x0 + c_skip x."""
    scaled = t.float() * 10
    return 0.25 / (scaled**2 + 0.25), scaled / (scaled**2 + 0.25) ** 0.5


def zero_terminal_snr(alphas_cumprod: Tensor) -> Tensor:
    """Stretch the schedule so that its last step is (all but) pure noise.

    Lin et al., "Common Diffusion Noise Schedules and Sample Steps are Flawed" (2023), algorithm 1. One that
    ends so already, by its file's mark, stays as it is.
    """
    if alphas_cumprod[-1] <= _STRETCHED_BELOW:
        return alphas_cumprod
    root = alphas_cumprod.sqrt()
    first, last = root[0].clone(), root[-1].clone()
    stretched = ((root - last) * first / (first - last)) ** 2
    stretched[-1] = _ZERO_TERMINAL_ALPHA
    return stretched


def override_alphas(alphas_cumprod: Tensor, *, downcast: bool = False, zero_terminal: bool = False) -> Tensor:
    """The schedule that the options use_downcasted_alpha_bar and sd_noise_schedule ask for."""
    result = alphas_cumprod.half() if downcast else alphas_cumprod
    return zero_terminal_snr(result) if zero_terminal else result


def _interpolate_log(log_sigmas: Tensor, index: Tensor) -> Tensor:
    index = index.cpu()
    low, high, share = index.floor().long(), index.ceil().long(), index.frac()
    return ((1 - share) * log_sigmas[low] + share * log_sigmas[high]).exp()


def append_zero(sigmas: Tensor) -> Tensor:
    """(n + 1,): the levels (n,), then no noise."""
    return torch.cat([sigmas, sigmas.new_zeros(1)])
