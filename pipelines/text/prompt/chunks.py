"""Cut a weighted prompt into rows of tokens (CLIP: 75), with textual inversions in place (spec 2.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, Self, TypeVar

from pipelines.families.text import Frame, Tokenizer
from pipelines.text.prompt.emphasis import Fragment

EmbeddingT = TypeVar("EmbeddingT", bound="Sized")
FoundT = TypeVar("FoundT", bound="Sized", covariant=True)


class Sized(Protocol):
    """The part of an embedding that cutting into chunks needs."""

    @property
    def vector_count(self) -> int:
        """Number of positions it fills among the tokens."""
        ...

    def part(self, start: int, stop: int, /) -> Self:
        """Return its vectors ``start`` to ``stop`` as an embedding."""
        ...


class EmbeddingLookup(Protocol[FoundT]):
    """Finds textual inversions among tokens."""

    def match(self, tokens: Sequence[int], position: int) -> tuple[FoundT, int] | None:
        """Return the embedding with the longest name that starts at ``position``, and the name's length."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk(Generic[EmbeddingT]):
    """The ids and weights of one row, and embeddings by offset among its content positions."""

    ids: tuple[int, ...]
    weights: tuple[float, ...]
    embeddings: tuple[tuple[int, EmbeddingT], ...] = ()


@dataclass(slots=True, kw_only=True)
class _Builder(Generic[EmbeddingT]):
    frame: Frame
    comma: int
    backtrack: int
    done: list[Chunk[EmbeddingT]] = field(default_factory=list["Chunk[EmbeddingT]"])
    ids: list[int] = field(default_factory=list[int])
    weights: list[float] = field(default_factory=list[float])
    embeddings: list[tuple[int, EmbeddingT]] = field(default_factory=list["tuple[int, EmbeddingT]"])
    last_comma: int = -1

    def close(self) -> None:
        self.done.append(make_chunk(self.ids, self.weights, self.frame, tuple(self.embeddings)))
        self.ids, self.weights, self.embeddings, self.last_comma = [], [], [], -1

    def make_room(self, token: int) -> None:
        """Before ``token`` is read: move what follows the last comma on, or close a full chunk."""
        if token == self.comma:
            self.last_comma = len(self.ids)
        elif self.backtrack and len(self.ids) == self.frame.content and self._comma_is_near():
            self._cut(self.last_comma + 1)
        if len(self.ids) == self.frame.content:
            self.close()

    def add(self, ids: Sequence[int], weight: float) -> None:
        self.ids.extend(ids)
        self.weights.extend([weight] * len(ids))

    def add_embedding(self, embedding: EmbeddingT, weight: float) -> None:
        """Place its vectors together; those that no chunk can hold go on in the next ones (A1111 fails)."""
        count, content = embedding.vector_count, self.frame.content
        if count <= content:
            self._place(embedding, weight)
            return
        for start in range(0, count, content):
            self._place(embedding.part(start, min(start + content, count)), weight)

    def _place(self, embedding: EmbeddingT, weight: float) -> None:
        if self.ids and len(self.ids) + embedding.vector_count > self.frame.content:
            self.close()
        self.embeddings.append((len(self.ids), embedding))
        self.add([0] * embedding.vector_count, weight)

    def _comma_is_near(self) -> bool:
        return self.last_comma != -1 and self.frame.content - self.last_comma <= self.backtrack

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
    builder: _Builder[EmbeddingT] = _Builder(
        frame=tokenizer.frame, comma=tokenizer.comma, backtrack=backtrack
    )
    encoded = tokenizer.encode([fragment.text for fragment in fragments])
    for fragment, tokens in zip(fragments, encoded, strict=True):
        if fragment.is_break:
            builder.close()
        else:
            _add_tokens(builder, tokens, fragment.weight, lookup)
    if builder.ids or not builder.done:
        builder.close()
    return tuple(builder.done)


def empty_chunk(frame: Frame) -> Chunk[Any]:
    """Return the chunk that extends shorter texts of a batch."""
    return make_chunk([], [], frame)


def make_chunk(
    ids: Sequence[int],
    weights: Sequence[float],
    frame: Frame,
    embeddings: tuple[tuple[int, EmbeddingT], ...] = (),
) -> Chunk[EmbeddingT]:
    """Frame at most ``frame.content`` ids with start, end and padding."""
    start = () if frame.start is None else (frame.start,)
    fill = frame.content - len(ids) + 1
    framed = [*start, *ids, *[frame.end] * fill]
    first = framed.index(frame.end) + 1  # what follows an end token in the text is padding too, as in A1111
    return Chunk(
        ids=(*framed[:first], *[frame.pad if frame.pad != frame.end else i for i in framed[first:]]),
        weights=(*[1.0] * len(start), *weights, *[1.0] * fill),
        embeddings=embeddings,
    )


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
