"""The emphasis mode ``Compel``: weights act as in the compel library, not as in A1111."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import torch
from torch import Tensor

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.heed import heeding
from pipelines.contract.options import GenerationOptions
from pipelines.families.text import Select
from pipelines.text.embeddings.files import Embedding
from pipelines.text.encoding.compel_adapters import CompelEncoder, CompelTokenizer
from pipelines.text.encoding.tower import Tower, TowerOutput
from pipelines.text.prompt.emphasis import Fragment, parse_emphasis


def encode_tower_compel(
    texts: Sequence[str], variants: Sequence[int], tower: Tower, select: Select, options: GenerationOptions
) -> TowerOutput:
    """Encode like ``encode_tower``, but with compel's weighting and its way of cutting long texts.

    A weight above 1 scales the distance from the empty prompt; one below 1 blends with the prompt in which
    the words are masked. BREAK and textual inversions work as elsewhere. Raises InvalidRequest.
    """
    if not CompelTokenizer.takes(tower):
        text = "the emphasis mode Compel works with CLIP's encoders only"
        raise InvalidRequest(text, field="options.emphasis")
    tokenizer = CompelTokenizer(tower)
    encoder = CompelEncoder(tower.encoder, select, tokenizer)
    provider = _provider(tokenizer, encoder)
    with torch.inference_mode():
        contexts = [_encode_text(text, provider) for text in heeding(texts)]
        longest = max(map(len, contexts))
        empty = cast(Tensor, provider.empty_z)[0]
        context = torch.stack([_extended(rows, empty, longest) for rows in contexts])
        pooled = [_pooled(text, provider, encoder) for text in texts]
    used: dict[str, Embedding] = {embedding.name: embedding for embedding in tokenizer.used}
    return TowerOutput(
        context=context,
        pooled=torch.cat([row for row in pooled if row is not None]) if pooled[0] is not None else None,
        used=tuple(used.values()),
    )


def _provider(tokenizer: CompelTokenizer, encoder: CompelEncoder) -> Any:
    from compel.embeddings_provider import EmbeddingsProvider  # imported late: it takes seconds

    return EmbeddingsProvider(
        tokenizer=cast(Any, tokenizer),
        text_encoder=cast(Any, encoder),
        truncate=False,
        device=str(encoder.device),
    )


def _encode_text(text: str, provider: Any) -> Tensor:
    parts = [
        provider.get_embeddings_for_weighted_prompt_fragments(
            text_batch=[[fragment.text for fragment in group]],
            fragment_weights_batch=[[fragment.weight for fragment in group]],
            device=provider.device,
        )[0]
        for group in heeding(_groups(text, provider))
    ]
    return torch.cat(parts)


def _pooled(text: str, provider: Any, encoder: CompelEncoder) -> Tensor | None:
    first = _groups(text, provider)[0]
    ids, _, _ = provider.get_token_ids_and_expand_weights(
        [fragment.text for fragment in first], [1.0] * len(first), device=provider.device
    )
    return encoder.run(cast(Tensor, ids)[None, : provider.max_token_count]).pooled


def _groups(text: str, provider: Any) -> list[list[Fragment]]:
    """Split at BREAK; fragments without tokens are dropped, because compel can't find them again."""
    groups: list[list[Fragment]] = [[]]
    for fragment in parse_emphasis(text):
        if fragment.is_break:
            groups.append([])
        elif provider.get_token_ids([fragment.text], include_start_and_end_markers=False)[0]:
            groups[-1].append(fragment)
    return [group or [Fragment(text="")] for group in groups]


def _extended(rows: Tensor, empty: Tensor, length: int) -> Tensor:
    return torch.cat([rows, *[empty.to(rows)] * ((length - len(rows)) // len(empty))])
