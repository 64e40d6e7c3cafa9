"""The emphasis of early A1111 versions: brackets in tokens change the weight of what follows (spec 2.9)."""

from __future__ import annotations

from functools import cache

from pipelines.families.clip.tokenizers import CONTENT
from pipelines.families.clip.vocabulary import clip_vocabulary
from pipelines.families.text import Tokenizer
from pipelines.text.embeddings.files import Embedding
from pipelines.text.prompt.chunks import Chunk, EmbeddingLookup, make_chunk

_STEP = 1.1


def old_chunk(text: str, tokenizer: Tokenizer, lookup: EmbeddingLookup[Embedding]) -> Chunk[Embedding]:
    """Return the text's first 75 tokens. Tokens with brackets vanish and scale the weight from there on."""
    tokens = tokenizer.encode([text])[0]
    factors = bracket_factors()
    ids: list[int] = []
    weights: list[float] = []
    placed: list[tuple[int, Embedding]] = []
    weight, position = 1.0, 0
    while position < len(tokens):
        found = lookup.match(tokens, position)
        factor = factors.get(tokens[position])
        count, length = (found[0].vector_count, found[1]) if found else (1, 1)
        if factor is not None:
            weight *= factor
            position += 1
            continue
        if found:
            placed.append((len(ids), found[0]))
        ids += [0] * count if found else [tokens[position]]
        weights += [weight] * count
        position += length
    kept = tuple((offset, embedding) for offset, embedding in placed if offset < CONTENT)
    return make_chunk(ids[:CONTENT], weights[:CONTENT], tokenizer.frame, kept)


@cache
def bracket_factors() -> dict[int, float]:
    """Return the factor of every token with brackets; those whose brackets cancel out are ordinary tokens."""
    factors: dict[int, float] = {}
    for token, index in clip_vocabulary().ids.items():
        factor = 1.0
        for character in token:
            if character in "(]":
                factor *= _STEP
            elif character in "[)":
                factor /= _STEP
        if factor != 1.0:
            factors[index] = factor
    return factors
