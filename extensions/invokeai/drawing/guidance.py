"""What guides denoising: conditioning of the graph, a scale that may change, and masks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from extensions.invokeai.context.conditioning_data import BasicConditioningInfo, SDXLConditioningInfo
from extensions.invokeai.fields.values import ConditioningField
from pipelines.plugin import GuidedDenoiser, StepConditioning, Work, sinusoid

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext
    from pipelines.plugin import GuidedEps, LoadedModel


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPrompts:
    """The same conditioning at every call."""

    conditioning: StepConditioning

    def at(self, call: int) -> StepConditioning:
        """As ``Prompts``."""
        return self.conditioning


def fixed_prompts(
    context: InvocationContext,
    model: LoadedModel,
    positive: ConditioningField | list[ConditioningField],
    negative: ConditioningField | list[ConditioningField],
) -> FixedPrompts:
    """What the network is told."""
    cond, vector = _told(context, model, positive)
    uncond, uncond_vector = _told(context, model, negative)
    told = StepConditioning(
        context=cond,
        vector=vector,
        parts=(((0, 1.0),),),
        negative_context=uncond,
        negative_vector=uncond_vector,
    )
    return FixedPrompts(conditioning=told)


def _told(
    context: InvocationContext, model: LoadedModel, fields: ConditioningField | list[ConditioningField]
) -> tuple[Tensor, Tensor | None]:
    """Several prompts stand one behind the other; their regions are not kept apart."""
    listed = fields if isinstance(fields, list) else [fields]
    if not listed:
        raise ValueError("there is no conditioning")
    if any(field.mask is not None for field in listed):
        context.services.warnings.append(
            "masks of conditioning are ignored: prompts hold for the whole picture"
        )
    infos = [context.conditioning.load(field.conditioning_name).conditionings[0] for field in listed]
    first = infos[0]
    if not isinstance(first, BasicConditioningInfo):
        raise ValueError(f"{type(first).__name__} is no conditioning for {model.family.title}")
    embeds = torch.cat([info.embeds.to(model.device).float() for info in infos], dim=1)
    if embeds.shape[-1] != model.context_width:
        raise ValueError(f"the conditioning was made for another model than {model.name}")
    return embeds, _vector(first, model)


def _vector(info: Any, model: LoadedModel) -> Tensor | None:
    """Pooled text and the numbers that SDXL is told."""
    if model.family.text.vector is None:
        return None
    if not isinstance(info, SDXLConditioningInfo):
        raise ValueError(f"{model.name} needs conditioning for SDXL")
    pooled = info.pooled_embeds.to(model.device).float()
    numbers = info.add_time_ids.to(model.device).float().flatten()
    return torch.cat([pooled, sinusoid(numbers).flatten().expand(len(pooled), -1)], dim=1)


class ScaledDenoiser(GuidedDenoiser):
    """Guidance whose scale may be another at each step, and whose result may be rescaled."""

    scales: tuple[float, ...] = ()
    rescale: float = 0.0
    _at: tuple[Tensor, Tensor] | None = None

    def at_step(self, step: int) -> None:
        """The sampler begins a step."""
        if self.scales:
            scale = self.scales[min(step, len(self.scales) - 1)]
            self.guidance = replace(self.guidance, cfg_scale=scale)

    def __call__(self, x: Tensor, sigma: Tensor | float) -> Work[Tensor | GuidedEps]:
        """As ``GuidedDenoiser``."""
        self._at = x, torch.as_tensor(sigma, dtype=torch.float32)
        return super().__call__(x, sigma)

    def _combine(
        self,
        cond: Tensor,
        uncond: Tensor,
        image_only: Tensor | None,
        at: StepConditioning,
        skipped: bool,
        scale: float,
    ) -> Tensor:
        guided = super()._combine(cond, uncond, image_only, at, skipped, scale)
        if not self.rescale or self._at is None:
            return guided
        # Lin et al. 2023, section 3.4, on the noise that the network predicted
        x, sigma = self._at
        is_noise = self.timestep_family
        one, all_ = (cond, guided) if is_noise else ((x - cond) / sigma, (x - guided) / sigma)
        scaled = all_ * (one.std() / all_.std())
        mixed = self.rescale * scaled + (1 - self.rescale) * all_
        return mixed if is_noise else x - mixed * sigma


@dataclass(slots=True, kw_only=True)
class KeepUnmasked:
    """Keeps what a mask covers: 1 is kept, 0 is denoised. ``gradient``: the free part grows step by step."""

    mask: Tensor
    latents: Tensor
    noise: Tensor
    gradient: bool
    timestep_family: bool
    alphas: Tensor
    times: Any

    def __call__(self, x: Tensor, sigma: Tensor) -> Tensor:
        """On the prediction of sigma samplers, on the input of timestep samplers."""
        kept = self.latents
        if self.timestep_family:
            alpha = self.alphas[int(sigma)].to(x)
            kept = self.latents * alpha.sqrt() + self.noise * (1 - alpha).sqrt()
        if not self.gradient:
            return torch.lerp(x, kept, self.mask)
        time = float(sigma) if self.timestep_family else float(self.times(sigma))
        free = self.mask < 1 - time / len(self.alphas)
        return torch.where(free, x, kept)

    def finish(self, samples: Tensor) -> Tensor:
        """Once more at the end."""
        if self.gradient:
            return torch.where(self.mask < 1, samples, self.latents)
        return torch.lerp(samples, self.latents, self.mask)
