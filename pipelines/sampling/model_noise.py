"""How a model was noised in training: variance preserving or a rectified flow."""

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
    """What sampling has to know of a model."""

    @property
    def predicts(self) -> str:
        """What the model answers, by a word."""
        ...

    def table(self, *, downcast: bool = False, zero_terminal: bool = False) -> SigmaTable:
        """Its noise levels, as the options use_downcasted_alpha_bar and sd_noise_schedule change them."""
        ...

    def scaling(self, sampler: SamplerInfo, table: SigmaTable, *, quantize: bool = False) -> Scaling:
        """How a kind of sampler asks the model and understands its answer."""
        ...

    def shares(self, timesteps: Tensor) -> tuple[Tensor, Tensor]:
        """What latents and unit noise are multiplied by at timesteps (rows,); (rows, 1, 1, 1) each, fp32."""
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
        """See ``ModelNoise``; the options are about alphas, which a flow has not."""
        return FlowTable(shift=self.shift)

    def scaling(self, sampler: SamplerInfo, table: SigmaTable, *, quantize: bool = False) -> Scaling:
        """See ``ModelNoise``."""
        return FlowScaling(table=table)

    def shares(self, timesteps: Tensor) -> tuple[Tensor, Tensor]:
        """See ``ModelNoise``."""
        sigma = timesteps.float()[:, None, None, None] / TRAINING_STEPS
        return 1.0 - sigma, sigma
