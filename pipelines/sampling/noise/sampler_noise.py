"""The noise of a sampler: the images' streams, and a Brownian path where one is needed."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from pipelines.sampling.noise.brownian import BrownianNoise
from pipelines.sampling.noise.image_rng import ImageRNG


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplerNoise:
    """The ``Noise`` of one batch. ``brownian`` is given for samplers with the brownian flag."""

    rng: ImageRNG
    brownian: BrownianNoise | None = None

    def __call__(self) -> Tensor:
        """The next draw of every image's own stream, (B, C, h, w)."""
        return self.rng.next()

    def between(self, sigma: Tensor, sigma_next: Tensor) -> Tensor:
        """Brownian noise of the step from ``sigma`` to ``sigma_next``, (B, C, h, w).

        Raises ValueError without a path.
        """
        if self.brownian is None:
            raise ValueError("this sampler was given no Brownian path")
        return self.brownian.between(sigma, sigma_next)
