"""What the network is told: a graph's conditioning, for the whole picture or for parts of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from extensions.invokeai.context.conditioning_data import BasicConditioningInfo, SDXLConditioningInfo
from extensions.invokeai.fields.values import ConditioningField
from pipelines.plugin import StepConditioning, sinusoid

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext
    from pipelines.plugin import LoadedModel


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPrompts:
    """The same conditioning at every call."""

    conditioning: StepConditioning

    def at(self, call: int) -> StepConditioning:
        """As ``Prompts``."""
        return self.conditioning


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPrompt:
    """``context`` (1, tokens, width), ``vector`` (1, width); ``mask`` (1, h, w) is 1 where it holds."""

    context: Tensor
    vector: Tensor | None
    mask: Tensor | None = None


def fixed_prompts(
    context: InvocationContext,
    model: LoadedModel,
    positive: ConditioningField | list[ConditioningField],
    negative: ConditioningField | list[ConditioningField],
    size: tuple[int, int],
) -> FixedPrompts:
    """What the network is told of a picture whose latents are of this height and width."""
    reader = _Reader(context, model, size)
    prompts = reader.regions(_listed(positive))
    against = _listed(negative)
    if any(field.mask is not None for field in against):
        text = "masks of negative conditioning are ignored: it holds for the whole picture"
        context.services.warnings.append(text)
    uncond = reader.joined(against)
    vectors = [prompt.vector for prompt in prompts if prompt.vector is not None]
    told = StepConditioning(
        context=of_one_length([prompt.context for prompt in prompts]),
        vector=torch.cat(vectors) if vectors else None,
        parts=(tuple(enumerate(shares([prompt.mask for prompt in prompts]))),),
        negative_context=uncond.context,
        negative_vector=uncond.vector,
    )
    return FixedPrompts(conditioning=told)


def _listed(fields: ConditioningField | list[ConditioningField]) -> list[ConditioningField]:
    listed = fields if isinstance(fields, list) else [fields]
    if not listed:
        raise ValueError("there is no conditioning")
    return listed


def shares(masks: Sequence[Tensor | None]) -> list[float | Tensor]:
    """How much each prompt counts at each place; without a mask it holds everywhere.

    Where several hold they count alike, and where none holds the prediction isn't guided.
    """
    if all(mask is None for mask in masks):
        return [1.0 / len(masks)] * len(masks)
    known = next(mask for mask in masks if mask is not None)
    maps = [torch.ones_like(known) if mask is None else mask for mask in masks]
    total = torch.stack(maps).sum(dim=0).clamp(min=1.0)
    return [mask / total for mask in maps]


def of_one_length(contexts: Sequence[Tensor]) -> Tensor:
    """Rows with as many tokens each: a row that is said several times over is attended to as said once."""
    longest = math.lcm(*(context.shape[1] for context in contexts))
    return torch.cat([context.repeat(1, longest // context.shape[1], 1) for context in contexts])


class _Reader:
    """Takes conditioning out of the store for one model."""

    def __init__(self, context: InvocationContext, model: LoadedModel, size: tuple[int, int]) -> None:
        self._context = context
        self._model = model
        self._size = size

    def regions(self, fields: Sequence[ConditioningField]) -> list[ToldPrompt]:
        """Those for the whole picture as one, and each of those with a mask."""
        whole = [field for field in fields if field.mask is None]
        rest = [field for field in fields if field.mask is not None]
        return [*([self.joined(whole)] if whole else []), *(self._masked(field) for field in rest)]

    def _masked(self, field: ConditioningField) -> ToldPrompt:
        assert field.mask is not None
        mask = self._context.tensors.load(field.mask.tensor_name).float()
        shaped = mask.reshape(1, 1, *mask.shape[-2:]).to(self._model.device)
        sized = torch.nn.functional.interpolate(shaped, size=self._size, mode="area")[0]
        told = self.joined([field])
        return ToldPrompt(context=told.context, vector=told.vector, mask=sized)

    def joined(self, fields: Sequence[ConditioningField]) -> ToldPrompt:
        """Several prompts, one behind the other; the pooled text is that of the first."""
        load = self._context.conditioning.load
        infos = [load(field.conditioning_name).conditionings[0] for field in fields]
        first, model = infos[0], self._model
        for info in infos:
            if not isinstance(info, BasicConditioningInfo):
                raise ValueError(f"{type(info).__name__} is no conditioning for {model.family.title}")
        embeds = torch.cat([info.embeds.to(model.device).float() for info in infos], dim=1)
        if embeds.shape[-1] != model.context_width:
            raise ValueError(f"the conditioning was made for another model than {model.name}")
        return ToldPrompt(context=embeds, vector=self._vector(first))

    def _vector(self, info: Any) -> Tensor | None:
        """Pooled text and the numbers that SDXL is told."""
        model = self._model
        if model.family.text.vector is None:
            return None
        if not isinstance(info, SDXLConditioningInfo):
            raise ValueError(f"{model.name} needs conditioning for SDXL")
        pooled = info.pooled_embeds.to(model.device).float()
        numbers = info.add_time_ids.to(model.device).float().flatten()
        return torch.cat([pooled, sinusoid(numbers).flatten().expand(len(pooled), -1)], dim=1)
