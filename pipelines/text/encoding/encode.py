"""Encode the texts of one schedule with all text encoders of a model."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from pipelines.contract.options import GenerationOptions
from pipelines.families.text import PictureSize, TextPlan
from pipelines.text.encoding.compel_mode import encode_tower_compel
from pipelines.text.encoding.emphasis_modes import COMPEL
from pipelines.text.encoding.encoded import Encoded, EncodedTexts, TextConditioner
from pipelines.text.encoding.tower import TowerOutput, encode_tower


def encode_prompts(
    texts: Sequence[str],
    model: TextConditioner,
    options: GenerationOptions,
    size: PictureSize,
    *,
    is_negative: bool = False,
) -> EncodedTexts:
    """Encode all texts of one schedule together; there is at least one. Raises InvalidRequest.

    The rows come in the order of ``texts``; equal texts share their tensors.
    """
    index = {text: position for position, text in enumerate(dict.fromkeys(texts))}
    distinct, variants = tuple(index), [index[text] for text in texts]
    encode = encode_tower_compel if options.emphasis == COMPEL else encode_tower
    plan = model.plan
    outputs = [
        encode(distinct, variants, tower, of.listen(tower.encoder, options), options)
        for tower, of in zip(model.towers, plan.towers, strict=True)
    ]
    context, pooled = _joined(plan, outputs), outputs[plan.pooled_from].pooled
    if plan.blank_negative and is_negative and distinct == ("",):
        context = torch.zeros_like(context)
        pooled = None if pooled is None else torch.zeros_like(pooled)
    vectors: Sequence[Tensor | None] = [None] * len(distinct)
    if plan.vector is not None and pooled is not None:
        vectors = list(plan.vector(pooled, size, options, is_negative))
    rows = [Encoded(context=context[row], vector=vectors[row]) for row in range(len(distinct))]
    return EncodedTexts(
        rows=tuple(rows[variant] for variant in variants), used=tuple(output.used for output in outputs)
    )


def _joined(plan: TextPlan, outputs: Sequence[TowerOutput]) -> Tensor:
    """Join the contexts of those encoders that have one, as the family's plan says."""
    heard = [output for output, of in zip(outputs, plan.towers, strict=True) if of.in_context]
    if plan.join == "tokens":
        return torch.cat([output.context for output in heard], dim=1)
    return torch.cat([output.context for output in _same_length(heard)], dim=-1)


def _same_length(outputs: list[TowerOutput]) -> list[TowerOutput]:
    # The two tokenizers clean differently, so that one tower may need more chunks: A1111 fails there.
    longest = max(output.context.shape[1] for output in outputs)
    return [
        output if output.context.shape[1] == longest else _extended(output, longest) for output in outputs
    ]


def _extended(output: TowerOutput, length: int) -> TowerOutput:
    missing = length - output.context.shape[1]
    tail = output.context[:, -1:].expand(-1, missing, -1)
    return TowerOutput(
        context=torch.cat([output.context, tail], dim=1), pooled=output.pooled, used=output.used
    )
