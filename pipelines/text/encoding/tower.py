"""Encode texts with one text encoder: chunk by chunk, weighted, chunks joined along the tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pipelines.contract.heed import heeding
from pipelines.contract.options import GenerationOptions
from pipelines.families.text import EncoderOutput, Select, TextEncoder
from pipelines.text.embeddings.files import Embedding
from pipelines.text.encoding.emphasis_modes import weighting_of
from pipelines.text.encoding.text_rows import TextRows, build_rows
from pipelines.text.prompt.chunks import Chunk, EmbeddingLookup


@dataclass(frozen=True, slots=True, kw_only=True)
class Tower:
    """A text encoder, and the textual inversions that fit it."""

    encoder: TextEncoder
    lookup: EmbeddingLookup[Embedding]


@dataclass(frozen=True, slots=True, kw_only=True)
class TowerOutput:
    """``context`` (texts, tokens, width) of all chunks; ``pooled`` (texts, width) of the first, or None."""

    context: Tensor
    pooled: Tensor | None
    used: tuple[Embedding, ...]


def encode_tower(
    texts: Sequence[str], variants: Sequence[int], tower: Tower, select: Select, options: GenerationOptions
) -> TowerOutput:
    """Encode the different texts of one schedule as one batch, because emphasis shares a mean over it.

    ``variants`` are the indices of the texts in the order of the schedule. Raises InvalidRequest.
    """
    rows = build_rows(texts, tower.encoder.tokenizer, tower.lookup, options)
    weigh = weighting_of(options.emphasis)
    contexts: list[Tensor] = []
    pooled: Tensor | None = None
    for index in heeding(range(rows.count)):
        output = _encode_chunk([chunks[index] for chunks in rows.chunks], tower.encoder)
        contexts.append(weigh(select(output), _weights(rows, index, tower.encoder.device), variants))
        if index == 0:
            pooled = output.pooled
    return TowerOutput(context=torch.cat(contexts, dim=1), pooled=pooled, used=rows.used)


def _encode_chunk(chunks: Sequence[Chunk[Embedding]], encoder: TextEncoder) -> EncoderOutput:
    ids = torch.tensor([chunk.ids for chunk in chunks], dtype=torch.int64)
    return encoder.encode(ids, [_vectors(chunk, encoder) for chunk in chunks])


def _vectors(chunk: Chunk[Embedding], encoder: TextEncoder) -> list[tuple[int, Tensor]]:
    found = [
        (offset, embedding.for_encoder(encoder.tokenizer.kind)) for offset, embedding in chunk.embeddings
    ]
    return [(offset, vectors) for offset, vectors in found if vectors is not None]


def _weights(rows: TextRows, index: int, device: torch.device) -> Tensor:
    return torch.tensor([chunks[index].weights for chunks in rows.chunks], dtype=torch.float32, device=device)
