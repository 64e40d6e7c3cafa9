"""The noising of a model in training: variance preserving, or a rectified flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from pipelines.sampling.edm_table import EdmTable
from pipelines.sampling.flow_table import TRAINING_STEPS, FlowTable
from pipelines.sampling.noise_table import LcmTable, NoiseTable, SigmaTable, override_alphas
from pipelines.sampling.sampler_table import SamplerInfo
from pipelines.sampling.scaling import (
    EdmScaling,
    FlowScaling,
    LcmScaling,
    Scaling,
    SigmaScaling,
    TimestepScaling,
)


class ModelNoise(Protocol):
    """The facts about a model that sampling needs."""

    @property
    def predicts(self) -> str:
        """Name of the model's answer: ``epsilon``, ``v_prediction`` or ``flow``."""
        ...

    def table(self, *, downcast: bool = False, zero_terminal: bool = False) -> SigmaTable:
        """Return its noise levels, changed by the options use_downcasted_alpha_bar and sd_noise_schedule."""
        ...

    def scaling(self, sampler: SamplerInfo, table: SigmaTable, *, quantize: bool = False) -> Scaling:
        """Return the scaling by which a kind of sampler calls the model and reads its answer."""
        ...

    def shares(self, timesteps: Tensor) -> tuple[Tensor, Tensor]:
        """Return the factors of latents and of noise at timesteps (rows,): each (rows, 1, 1, 1) in fp32."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VpNoise:
    """Variance preserving: x = sqrt(a) * picture + sqrt(1 - a) * noise at each of the training steps.

    ``alphas_cumprod`` (N,) in fp32 on the CPU. ``aligned_levels``: the tuned levels of the schedule
    Align Your Steps, falling.
    """

    alphas_cumprod: Tensor
    v_prediction: bool = False
    aligned_levels: tuple[float, ...] = ()

    @property
    def predicts(self) -> str:
        """See ``ModelNoise``."""
        return "v_prediction" if self.v_prediction else "epsilon"

    def table(self, *, downcast: bool = False, zero_terminal: bool = False) -> NoiseTable:
        """See ``ModelNoise``."""
        alphas = override_alphas(self.alphas_cumprod, downcast=downcast, zero_terminal=zero_terminal)
        return NoiseTable(alphas, aligned_levels=self.aligned_levels)

    def scaling(self, sampler: SamplerInfo, table: SigmaTable, *, quantize: bool = False) -> Scaling:
        """See ``ModelNoise``."""
        if isinstance(table, LcmTable):
            return LcmScaling(table=table)
        if isinstance(table, EdmTable):
            return EdmScaling(table=table)
        if sampler.family == "timestep":
            return TimestepScaling(alphas_cumprod=table.alphas_cumprod, v_prediction=self.v_prediction)
        return SigmaScaling(table=table, v_prediction=self.v_prediction, quantize=quantize)

    def shares(self, timesteps: Tensor) -> tuple[Tensor, Tensor]:
        """See ``ModelNoise``; at the nearest training step."""
        at = timesteps.float().round().long().clamp(0, len(self.alphas_cumprod) - 1).cpu()
        alphas = self.alphas_cumprod[at].float()[:, None, None, None]
        return alphas.sqrt(), (1.0 - alphas).sqrt()


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowNoise:
    """Rectified flow: x = (1 - sigma) * picture + sigma * noise, and the model predicts noise - picture."""

    shift: float

    @property
    def predicts(self) -> str:
        """See ``ModelNoise``."""
        return "flow"

    def table(self, *, downcast: bool = False, zero_terminal: bool = False) -> FlowTable:
        """See ``ModelNoise``; the options change alphas, which a flow doesn't have."""
        return FlowTable(shift=self.shift)

    def scaling(self, sampler: SamplerInfo, table: SigmaTable, *, quantize: bool = False) -> Scaling:
        """See ``ModelNoise``."""
        return FlowScaling(table=table)

    def shares(self, timesteps: Tensor) -> tuple[Tensor, Tensor]:
        """See ``ModelNoise``."""
        sigma = timesteps.float()[:, None, None, None] / TRAINING_STEPS
        return 1.0 - sigma, sigma
