"""Between a noise level and the network: input scaling, timestep, and what the output means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from pipelines.sampling.edm_table import DATA_DEVIATION, EdmTable
from pipelines.sampling.noise_table import LcmTable, SigmaTable, lcm_scaling


class Scaling(Protocol):
    """The way to and from one kind of network; ``sigma`` is a scalar tensor."""

    def network_input(self, x: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
        """Return ``(scaled x, timestep)`` for the network."""
        ...

    def interpret(self, x: Tensor, sigma: Tensor, output: Tensor) -> Tensor:
        """Turn the output into a prediction: denoised for sigma samplers, noise for timestep samplers."""
        ...

    def predicted_x0(self, x: Tensor, sigma: Tensor, prediction: Tensor) -> Tensor:
        """Return the clean latents that ``prediction`` stands for, for previews."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SigmaScaling:
    """Sigma samplers on epsilon- and v-prediction networks (Karras et al. 2022, section 5; table 1 "VP")."""

    table: SigmaTable
    v_prediction: bool = False
    quantize: bool = False

    def network_input(self, x: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
        return x * (1.0 / (sigma**2 + 1.0) ** 0.5), self.table.sigma_to_t(sigma, quantize=self.quantize)

    def interpret(self, x: Tensor, sigma: Tensor, output: Tensor) -> Tensor:
        if not self.v_prediction:
            return x + output * -sigma
        c_skip = 1.0 / (sigma**2 + 1.0)
        return output * (-sigma / (sigma**2 + 1.0) ** 0.5) + x * c_skip

    def predicted_x0(self, x: Tensor, sigma: Tensor, prediction: Tensor) -> Tensor:
        return prediction


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestepScaling:
    """Timestep samplers: the network's noise prediction, unscaled input."""

    alphas_cumprod: Tensor
    v_prediction: bool = False

    def network_input(self, x: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
        return x, sigma

    def _alpha(self, t: Tensor) -> Tensor:
        return self.alphas_cumprod[int(t)].to(torch.float32)

    def interpret(self, x: Tensor, sigma: Tensor, output: Tensor) -> Tensor:
        if not self.v_prediction:
            return output
        alpha = self._alpha(sigma)
        return alpha.sqrt() * output + (1.0 - alpha).sqrt() * x

    def predicted_x0(self, x: Tensor, sigma: Tensor, prediction: Tensor) -> Tensor:
        alpha = self._alpha(sigma)
        return (x - (1.0 - alpha).sqrt() * prediction) / alpha.sqrt()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowScaling:
    """Sigma samplers on rectified-flow networks, which predict noise - picture (Lipman et al. 2022)."""

    table: SigmaTable

    def network_input(self, x: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
        return x, self.table.sigma_to_t(sigma)

    def interpret(self, x: Tensor, sigma: Tensor, output: Tensor) -> Tensor:
        return x - sigma * output

    def predicted_x0(self, x: Tensor, sigma: Tensor, prediction: Tensor) -> Tensor:
        return prediction


@dataclass(frozen=True, slots=True, kw_only=True)
class LcmScaling:
    """Latent consistency models (Luo et al. 2023): boundary scaling of the epsilon network's prediction."""

    table: LcmTable

    def network_input(self, x: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
        return x * (1.0 / (sigma**2 + 1.0) ** 0.5), self.table.sigma_to_t(sigma).to(torch.float32)

    def interpret(self, x: Tensor, sigma: Tensor, output: Tensor) -> Tensor:
        c_skip, c_out = lcm_scaling(self.table.sigma_to_t(sigma))
        return (x + output * -sigma) * c_out + x * c_skip

    def predicted_x0(self, x: Tensor, sigma: Tensor, prediction: Tensor) -> Tensor:
        return prediction


@dataclass(frozen=True, slots=True, kw_only=True)
class EdmScaling:
    """Networks in EDM's parameterisation (Karras et al. 2022, section 5)."""

    table: EdmTable

    def network_input(self, x: Tensor, sigma: Tensor) -> tuple[Tensor, Tensor]:
        return x * (1.0 / (sigma**2 + DATA_DEVIATION**2) ** 0.5), self.table.sigma_to_t(sigma)

    def interpret(self, x: Tensor, sigma: Tensor, output: Tensor) -> Tensor:
        total = sigma**2 + DATA_DEVIATION**2
        return output * (sigma * DATA_DEVIATION / total**0.5) + x * (DATA_DEVIATION**2 / total)

    def predicted_x0(self, x: Tensor, sigma: Tensor, prediction: Tensor) -> Tensor:
        return prediction
