"""Cut a weighted prompt into chunks of 75 tokens, with textual inversions in place (spec 2.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, Self, TypeVar

from pipelines.text.prompt.emphasis import Fragment
from pipelines.text.prompt.tokenizers import END, START, Tokenizer

CONTENT = 75
LENGTH = CONTENT + 2
EmbeddingT = TypeVar("EmbeddingT", bound="Sized")
FoundT = TypeVar("FoundT", bound="Sized", covariant=True)


class Sized(Protocol):
    """An embedding, as far as the chunker cares."""

    @property
    def vector_count(self) -> int:
        """How many positions it fills."""
        ...

    def part(self, start: int, stop: int, /) -> Self:
        """Some of its vectors as an embedding."""
        ...


class EmbeddingLookup(Protocol[FoundT]):
    """Finds textual inversions among tokens."""

    def match(self, tokens: Sequence[int], position: int) -> tuple[FoundT, int] | None:
        """Return the embedding with the longest name that starts at ``position``, and the name's length."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk(Generic[EmbeddingT]):
    """77 ids and weights, and embeddings by offset among the 75 content positions."""

    ids: tuple[int, ...]
    weights: tuple[float, ...]
    embeddings: tuple[tuple[int, EmbeddingT], ...] = ()


@dataclass(slots=True, kw_only=True)
class _Builder(Generic[EmbeddingT]):
    pad: int
    comma: int
    backtrack: int
    done: list[Chunk[EmbeddingT]] = field(default_factory=list["Chunk[EmbeddingT]"])
    ids: list[int] = field(default_factory=list[int])
    weights: list[float] = field(default_factory=list[float])
    embeddings: list[tuple[int, EmbeddingT]] = field(default_factory=list["tuple[int, EmbeddingT]"])
    last_comma: int = -1

    def close(self) -> None:
        self.done.append(make_chunk(self.ids, self.weights, self.pad, tuple(self.embeddings)))
        self.ids, self.weights, self.embeddings, self.last_comma = [], [], [], -1

    def make_room(self, token: int) -> None:
        """Before ``token`` is read: move what follows the last comma on, or close a full chunk."""
        if token == self.comma:
            self.last_comma = len(self.ids)
        elif self.backtrack and len(self.ids) == CONTENT and self._comma_is_near():
            self._cut(self.last_comma + 1)
        if len(self.ids) == CONTENT:
            self.close()

    def add(self, ids: Sequence[int], weight: float) -> None:
        self.ids.extend(ids)
        self.weights.extend([weight] * len(ids))

    def add_embedding(self, embedding: EmbeddingT, weight: float) -> None:
        """Place its vectors together; those that no chunk can hold go on in the next ones (A1111 fails)."""
        count = embedding.vector_count
        if count <= CONTENT:
            self._place(embedding, weight)
            return
        for start in range(0, count, CONTENT):
            self._place(embedding.part(start, min(start + CONTENT, count)), weight)

    def _place(self, embedding: EmbeddingT, weight: float) -> None:
        if self.ids and len(self.ids) + embedding.vector_count > CONTENT:
            self.close()
        self.embeddings.append((len(self.ids), embedding))
        self.add([0] * embedding.vector_count, weight)

    def _comma_is_near(self) -> bool:
        return self.last_comma != -1 and CONTENT - self.last_comma <= self.backtrack

    def _cut(self, length: int) -> None:
        # Embeddings behind the comma stay with the old chunk, as in A1111.
        ids, weights = self.ids[length:], self.weights[length:]
        del self.ids[length:], self.weights[length:]
        self.close()
        self.ids, self.weights = ids, weights


def build_chunks(
    fragments: Sequence[Fragment],
    tokenizer: Tokenizer,
    lookup: EmbeddingLookup[EmbeddingT],
    *,
    backtrack: int = 20,
) -> tuple[Chunk[EmbeddingT], ...]:
    """Return at least one chunk. ``backtrack`` is the option ``comma_padding_backtrack``; 0: never."""
    builder: _Builder[EmbeddingT] = _Builder(pad=tokenizer.pad, comma=tokenizer.comma, backtrack=backtrack)
    encoded = tokenizer.encode([fragment.text for fragment in fragments])
    for fragment, tokens in zip(fragments, encoded, strict=True):
        if fragment.is_break:
            builder.close()
        else:
            _add_tokens(builder, tokens, fragment.weight, lookup)
    if builder.ids or not builder.done:
        builder.close()
    return tuple(builder.done)


def empty_chunk(pad: int) -> Chunk[Any]:
    """Return the chunk that extends shorter texts of a batch."""
    return make_chunk([], [], pad)


def make_chunk(
    ids: Sequence[int],
    weights: Sequence[float],
    pad: int,
    embeddings: tuple[tuple[int, EmbeddingT], ...] = (),
) -> Chunk[EmbeddingT]:
    """Frame at most 75 ids with start and end tokens; ``pad`` is the id behind the first end token."""
    fill = CONTENT - len(ids) + 1
    framed = [START, *ids, *[END] * fill]
    if pad != END:
        framed = _repad(framed, pad)
    return Chunk(ids=tuple(framed), weights=(1.0, *weights, *[1.0] * fill), embeddings=embeddings)


def _add_tokens(
    builder: _Builder[EmbeddingT], tokens: Sequence[int], weight: float, lookup: EmbeddingLookup[EmbeddingT]
) -> None:
    position = 0
    while position < len(tokens):
        builder.make_room(tokens[position])
        found = lookup.match(tokens, position)
        if found is None:
            builder.add(tokens[position : position + 1], weight)
            position += 1
        else:
            builder.add_embedding(found[0], weight)
            position += found[1]


def _repad(ids: list[int], pad: int) -> list[int]:
    first = ids.index(END) + 1
    return ids[:first] + [pad] * (len(ids) - first)
