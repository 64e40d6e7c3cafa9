"""Chunks of 75 tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from pipelines.families.clip.tokenizers import END, START, clip_tokenizer, open_clip_tokenizer
from pipelines.families.text import Frame
from pipelines.text.prompt.chunks import Chunk, build_chunks, empty_chunk
from pipelines.text.prompt.emphasis import parse_emphasis

WORD = clip_tokenizer().encode(["word"])[0][0]
COMMA = clip_tokenizer().comma


@dataclass(frozen=True)
class Vectors:
    vector_count: int
    start: int = 0

    def part(self, start: int, stop: int, /) -> Vectors:
        return Vectors(stop - start, start)


@dataclass(frozen=True)
class Named:
    """A lookup of one embedding, under the name of one token."""

    token: int = -1
    count: int = 0

    def match(self, tokens: Sequence[int], position: int) -> tuple[Vectors, int] | None:
        return (Vectors(self.count), 1) if tokens[position] == self.token else None


def chunks_of(prompt: str, *, backtrack: int = 20, lookup: Named | None = None) -> tuple[Chunk[Vectors], ...]:
    return build_chunks(parse_emphasis(prompt), clip_tokenizer(), lookup or Named(), backtrack=backtrack)


def content(chunk: Chunk[Vectors]) -> list[int]:
    assert len(chunk.ids) == len(chunk.weights) == 77
    assert chunk.ids[0] == START
    return list(chunk.ids[1 : chunk.ids.index(END)])


def test_empty_prompt_is_one_chunk_of_padding() -> None:
    (chunk,) = chunks_of("")
    assert chunk.ids == (START, *[END] * 76)
    assert chunk.weights == (1.0,) * 77
    assert chunk == empty_chunk(clip_tokenizer().frame)


def test_open_clip_pads_with_zero_behind_the_end() -> None:
    (chunk,) = build_chunks(parse_emphasis("word"), open_clip_tokenizer(), Named())
    assert chunk.ids == (START, WORD, END, *[0] * 74)


@pytest.mark.parametrize(("words", "sizes"), [(75, [75]), (76, [75, 1]), (151, [75, 75, 1])])
def test_full_chunks_are_closed(words: int, sizes: list[int]) -> None:
    assert [len(content(chunk)) for chunk in chunks_of("word " * words)] == sizes


def test_a_near_comma_moves_the_rest_to_the_next_chunk() -> None:
    prompt = "word " * 60 + ", " + "word " * 20
    first, second = chunks_of(prompt)
    assert content(first) == [WORD] * 60 + [COMMA]
    assert content(second) == [WORD] * 20


@pytest.mark.parametrize(("backtrack", "prefix"), [(0, 60), (20, 54)])
def test_a_far_comma_or_no_backtracking_cuts_at_75(backtrack: int, prefix: int) -> None:
    first, second = chunks_of("word " * prefix + ", " + "word " * (80 - prefix), backtrack=backtrack)
    assert len(content(first)) == 75
    assert len(content(second)) == 6


def test_the_reach_of_backtracking_is_twenty() -> None:
    first, _ = chunks_of("word " * 55 + ", " + "word " * 25)
    assert len(content(first)) == 56


def test_a_comma_that_overflows_starts_the_next_chunk() -> None:
    first, second = chunks_of("word " * 70 + ", word word word word , word")
    assert len(content(first)) == 75
    assert content(second) == [COMMA, WORD]


@pytest.mark.parametrize(
    ("prompt", "sizes"), [("a BREAK b c", [1, 2]), ("BREAK a", [0, 1]), ("a BREAK", [1])]
)
def test_break_closes_a_chunk(prompt: str, sizes: list[int]) -> None:
    assert [len(content(chunk)) for chunk in chunks_of(prompt)] == sizes


def test_weights_follow_their_tokens() -> None:
    (chunk,) = chunks_of("word (word:1.5) [word:0.5]")
    assert chunk.weights[1:3] == (1.0, 1.5)


def test_embeddings_fill_places_with_zero_ids() -> None:
    (chunk,) = chunks_of("a (word:1.5) b", lookup=Named(WORD, 3))
    assert content(chunk)[1:4] == [0, 0, 0]
    assert chunk.weights[2:5] == (1.5,) * 3
    assert chunk.embeddings == ((1, Vectors(3)),)


def test_an_embedding_that_does_not_fit_starts_a_chunk() -> None:
    first, second = chunks_of("a " * 74 + "word", lookup=Named(WORD, 3))
    assert len(content(first)) == 74
    assert first.embeddings == ()
    assert second.embeddings == ((0, Vectors(3)),)


def test_embeddings_behind_the_comma_stay_in_the_old_chunk() -> None:
    first, second = chunks_of("a " * 60 + ", word " + "a " * 20, lookup=Named(WORD, 2))
    assert len(content(first)) == 61
    assert first.embeddings == ((61, Vectors(2)),)
    assert second.embeddings == ()
    assert content(second)[:2] == [0, 0]


@pytest.mark.parametrize(
    ("count", "before", "sizes"),
    [
        (75, 0, [75]),
        (75, 1, [1, 75]),
        (76, 0, [75, 1]),
        (76, 2, [2, 75, 1]),
        (150, 75, [75, 75, 75]),
        (160, 3, [3, 75, 75, 10]),
    ],
)
def test_an_embedding_longer_than_a_chunk_spans_chunks(count: int, before: int, sizes: list[int]) -> None:
    chunks = chunks_of("a " * before + "(word:1.5)", lookup=Named(WORD, count))
    assert [len(content(chunk)) for chunk in chunks] == sizes
    placed = [chunk.embeddings for chunk in chunks if chunk.embeddings]
    assert [(offset, part.start) for ((offset, part),) in placed] == [(0, at) for at in range(0, count, 75)]
    assert sum(part.vector_count for ((_, part),) in placed) == count
    assert chunks[-1].weights[1] == 1.5


def test_words_go_on_behind_the_last_part() -> None:
    first, second = chunks_of("word a", lookup=Named(WORD, 80))
    assert (len(content(first)), len(content(second))) == (75, 6)
    assert second.embeddings == ((0, Vectors(5, 75)),)


class Bytes:
    """A tokenizer of rows of three, without a start token."""

    kind = "bytes"
    frame = Frame(content=3, start=None, end=256, pad=0)
    comma = -1

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        return [list(text.encode()) for text in texts]


def test_rows_have_the_shape_that_the_tokenizer_says() -> None:
    first, second = build_chunks(parse_emphasis("a(b:2)cd"), Bytes(), Named())
    assert (first.ids, first.weights) == ((97, 98, 99, 256), (1.0, 2.0, 1.0, 1.0))
    assert (second.ids, second.weights) == ((100, 256, 0, 0), (1.0, 1.0, 1.0, 1.0))
