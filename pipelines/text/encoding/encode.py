"""Encode the texts of one schedule with all text encoders of a model."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from pipelines.contract.options import GenerationOptions
from pipelines.text.encoding.compel_mode import encode_tower_compel
from pipelines.text.encoding.emphasis_modes import COMPEL
from pipelines.text.encoding.encoded import Encoded, EncodedTexts, PictureSize, TextConditioner
from pipelines.text.encoding.layers import select_penultimate, select_sd1, select_sd2, select_sdxl_clip
from pipelines.text.encoding.tower import Select, Tower, TowerOutput, encode_tower
from pipelines.text.encoding.vector import added_vector


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
    outputs = [
        encode(distinct, variants, tower, _selection(model, tower, options), options)
        for tower in model.towers
    ]
    context = torch.cat([output.context for output in _same_length(outputs)], dim=-1)
    pooled = outputs[-1].pooled
    if model.vector != "none" and is_negative and distinct == ("",):
        context = torch.zeros_like(context)
        pooled = None if pooled is None else torch.zeros_like(pooled)
    vectors: Sequence[Tensor | None] = [None] * len(distinct)
    if model.vector != "none" and pooled is not None:
        vectors = list(added_vector(pooled, model.vector, size, options, is_negative=is_negative))
    rows = [Encoded(context=context[row], vector=vectors[row]) for row in range(len(distinct))]
    return EncodedTexts(
        rows=tuple(rows[variant] for variant in variants), used=tuple(output.used for output in outputs)
    )


def _selection(model: TextConditioner, tower: Tower, options: GenerationOptions) -> Select:
    clip = tower.encoder.kind == "clip"
    if model.vector == "none":
        return (select_sd1 if clip else select_sd2)(tower.encoder, options)
    return (select_sdxl_clip if clip else select_penultimate)(tower.encoder, options)


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
