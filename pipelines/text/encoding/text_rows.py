"""Texts to rows of token ids and weights, cut into chunks and made equally long (spec 2.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.families.text import Tokenizer
from pipelines.text.embeddings.files import Embedding
from pipelines.text.encoding.old_emphasis import old_chunk
from pipelines.text.prompt.chunks import Chunk, EmbeddingLookup, build_chunks, empty_chunk
from pipelines.text.prompt.emphasis import Fragment, parse_emphasis


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRows:
    """Chunks per text, the same number for every text, and the embeddings found, in order of first use."""

    chunks: tuple[tuple[Chunk[Embedding], ...], ...]
    used: tuple[Embedding, ...]

    @property
    def count(self) -> int:
        """Number of chunks, the same for every text."""
        return len(self.chunks[0])


def build_rows(
    texts: Sequence[str],
    tokenizer: Tokenizer,
    lookup: EmbeddingLookup[Embedding],
    options: GenerationOptions,
) -> TextRows:
    """Tokenize at least one text; shorter ones are extended with empty chunks.

    Raises InvalidRequest for malformed weights, and if the old emphasis meets an OpenCLIP tokenizer.
    """
    chunked = [_chunks(text, tokenizer, lookup, options) for text in texts]
    longest = max(map(len, chunked))
    filler: Chunk[Embedding] = empty_chunk(tokenizer.frame)
    used = {
        embedding.name: embedding for row in chunked for chunk in row for _, embedding in chunk.embeddings
    }
    return TextRows(
        chunks=tuple((*row, *[filler] * (longest - len(row))) for row in chunked), used=tuple(used.values())
    )


def _chunks(
    text: str, tokenizer: Tokenizer, lookup: EmbeddingLookup[Embedding], options: GenerationOptions
) -> tuple[Chunk[Embedding], ...]:
    if options.use_old_emphasis_implementation:
        if tokenizer.kind != "clip":
            raise InvalidRequest(
                "the old emphasis implementation works with SD 1.x checkpoints only",
                field="options.use_old_emphasis_implementation",
            )
        return (old_chunk(text, tokenizer, lookup),)
    fragments = (Fragment(text=text),) if options.emphasis == "None" else parse_emphasis(text)
    return build_chunks(fragments, tokenizer, lookup, backtrack=options.comma_padding_backtrack)
