"""Conditioning of a graph as the network takes it, for the whole picture or for parts of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from extensions.invokeai.context.conditioning_data import BasicConditioningInfo, SDXLConditioningInfo
from extensions.invokeai.fields.values import ConditioningField
from pipelines.plugin import RegionalAttention, StepConditioning, TokenRegions, sinusoid

if TYPE_CHECKING:
    from extensions.invokeai.context.context import InvocationContext
    from pipelines.plugin import LoadedModel


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedPrompts:
    """The same conditioning at every call."""

    conditioning: StepConditioning

    def at(self, call: int) -> StepConditioning:
        """The conditioning, whatever the ``call``."""
        return self.conditioning


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPrompt:
    """``context`` (1, tokens, width), ``vector`` (1, width). ``regions``: the parts of it and their masks."""

    context: Tensor
    vector: Tensor | None
    regions: TokenRegions | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadConditioning:
    """The network's conditioning, and the attention that goes by masks, if there are any."""

    prompts: FixedPrompts
    attention: RegionalAttention | None


def read_conditioning(
    context: InvocationContext,
    model: LoadedModel,
    positive: ConditioningField | list[ConditioningField],
    negative: ConditioningField | list[ConditioningField],
    size: tuple[int, int],
) -> ReadConditioning:
    """Conditioning for latents of this height and width. Raises ValueError for none, or another model's."""
    reader = _Reader(context, model, size)
    prompt, against = reader.joined(_listed(positive)), reader.joined(_listed(negative))
    said = StepConditioning(
        context=prompt.context,
        vector=prompt.vector,
        parts=(((0, 1.0),),),
        negative_context=against.context,
        negative_vector=against.vector,
    )
    masked = prompt.regions is not None or against.regions is not None
    return ReadConditioning(
        prompts=FixedPrompts(conditioning=said),
        attention=RegionalAttention(prompt.regions, against.regions) if masked else None,
    )


def _listed(fields: ConditioningField | list[ConditioningField]) -> list[ConditioningField]:
    listed = fields if isinstance(fields, list) else [fields]
    if not listed:
        raise ValueError("there is no conditioning")
    return listed


class _Reader:
    """Takes conditioning out of the store for one model."""

    def __init__(self, context: InvocationContext, model: LoadedModel, size: tuple[int, int]) -> None:
        self._context = context
        self._model = model
        self._size = size

    def joined(self, fields: Sequence[ConditioningField]) -> ToldPrompt:
        """Join several prompts, one behind the other, each read where its mask is.

        Numbers and the pooled text, of which SDXL takes one, are those of the last prompt without a mask, or
        else of the first.
        """
        infos = [self._info(field) for field in fields]
        embeds = [info.embeds.to(self._model.device).float() for info in infos]
        context = torch.cat(embeds, dim=1)
        if context.shape[-1] != self._model.context_width:
            raise ValueError(f"the conditioning was made for another model than {self._model.name}")
        whole = [info for info, field in zip(infos, fields, strict=True) if field.mask is None]
        lengths = tuple(one.shape[1] for one in embeds)
        regions = (
            None if len(whole) == len(infos) else TokenRegions(masks=self._masks(fields), lengths=lengths)
        )
        vector = self._vector(whole[-1] if whole else infos[0])
        return ToldPrompt(context=context, vector=vector, regions=regions)

    def _info(self, field: ConditioningField) -> BasicConditioningInfo:
        info = self._context.conditioning.load(field.conditioning_name).conditionings[0]
        if not isinstance(info, BasicConditioningInfo):
            title = self._model.family.title
            raise ValueError(f"{type(info).__name__} is no conditioning for {title}")
        return info

    def _masks(self, fields: Sequence[ConditioningField]) -> Tensor:
        """(prompts, h, w): 1 where a prompt is read."""
        return torch.cat([self._mask(field) for field in fields]).to(self._model.device)

    def _mask(self, field: ConditioningField) -> Tensor:
        if field.mask is None:
            return torch.ones(1, *self._size)
        mask = self._context.tensors.load(field.mask.tensor_name).float()
        shaped = mask.reshape(1, 1, *mask.shape[-2:])
        return torch.nn.functional.interpolate(shaped, size=self._size, mode="nearest")[0]

    def _vector(self, info: Any) -> Tensor | None:
        """SDXL's pooled text and its six numbers, (1, width); None for models without."""
        model = self._model
        if model.family.text.vector is None:
            return None
        if not isinstance(info, SDXLConditioningInfo):
            raise ValueError(f"{model.name} needs conditioning for SDXL")
        pooled = info.pooled_embeds.to(model.device).float()
        numbers = info.add_time_ids.to(model.device).float().flatten()
        return torch.cat([pooled, sinusoid(numbers).flatten().expand(len(pooled), -1)], dim=1)
