"""The inputs of denoising, as its nodes have them."""

from __future__ import annotations

from typing import Any, Protocol

from extensions.invokeai.fields.model_values import UNetField
from extensions.invokeai.fields.values import ConditioningField, DenoiseMaskField, LatentsField


class DenoiseInputs(Protocol):
    """The inputs of ``denoise_latents``; adapters are one, a list or none, and other nodes have fewer."""

    noise: LatentsField | None
    latents: LatentsField | None
    steps: int
    cfg_scale: float | list[float]
    cfg_rescale_multiplier: float
    denoising_start: float
    denoising_end: float
    scheduler: Any
    unet: UNetField
    control: Any

    @property
    def positive_conditioning(self) -> ConditioningField | list[ConditioningField]: ...

    @property
    def negative_conditioning(self) -> ConditioningField | list[ConditioningField]: ...

    @property
    def ip_adapter(self) -> Any: ...

    @property
    def t2i_adapter(self) -> Any: ...

    @property
    def denoise_mask(self) -> DenoiseMaskField | None: ...
