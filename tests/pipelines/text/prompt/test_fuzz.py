"""No prompt, however odd or long, crashes the pure part of the pipeline or takes long."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.contract.errors import InvalidRequest
from pipelines.families.clip.tokenizers import END, clip_tokenizer, open_clip_tokenizer
from pipelines.generation.texts import strip_comments
from pipelines.text.prompt.chunks import Chunk, Sized, build_chunks
from pipelines.text.prompt.composition import split_parts
from pipelines.text.prompt.emphasis import parse_emphasis
from pipelines.text.prompt.extra_networks import strip_tags
from pipelines.text.prompt.schedule import prompt_schedule, step_rule

LENGTH = 100_000
SECONDS = 20.0
PIECES = [
    "a ",
    "(",
    ")",
    "[",
    "]",
    ":",
    "|",
    ",",
    "AND ",
    "BREAK ",
    "<lora:",
    ">",
    "1.5",
    "\\",
    "#",
    "\n",
    "é",
    "  ",
]


class Nothing:
    """A lookup that finds no embeddings."""

    def match(self, tokens: Sequence[int], position: int) -> None:
        return None


def tokens_of(prompt: str) -> list[Chunk[Sized]]:
    """Run every stage; the chunks of all texts of the first pass."""
    (text,) = strip_tags([strip_comments(prompt)]).prompts
    chunks: list[Chunk[Sized]] = []
    for part in split_parts(text):
        entries = prompt_schedule(part.text, step_rule(steps=3))
        assert [entry.end for entry in entries] == sorted({entry.end for entry in entries})
        for text in {entry.text for entry in entries}:
            for tokenizer in (clip_tokenizer(), open_clip_tokenizer()):
                chunks += build_chunks(parse_emphasis(text), tokenizer, Nothing())
    return chunks


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)))
def test_any_prompt_becomes_chunks(prompt: str) -> None:
    chunks: list[Chunk[Sized]] = []
    blamed: str | None = "prompt"
    try:
        chunks = tokens_of(prompt)
    except InvalidRequest as refusal:
        blamed = refusal.field
    assert blamed == "prompt"
    assert all(len(chunk.ids) == len(chunk.weights) == 77 and END in chunk.ids for chunk in chunks)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["word", ",", "tree house", "été"]), max_size=200).map(" ".join))
def test_no_token_is_lost(prompt: str) -> None:
    (expected,) = clip_tokenizer().encode([prompt])
    chunks = build_chunks(parse_emphasis(prompt), clip_tokenizer(), Nothing())
    kept = [index for chunk in chunks for index in chunk.ids[1 : chunk.ids.index(END)]]
    assert kept == expected


LONG = [*PIECES, "(a", "[a", "a)", "[a:b:1]", "[a|b]", "(a:1.1)", "[a:", "<a:", ":   ", "word, "]
QUICK = ("(a", "[a:b:1]", "word, ")


@pytest.mark.parametrize(
    "piece", [pytest.param(p, marks=() if p in QUICK else pytest.mark.slow) for p in LONG]
)
def test_long_prompts_take_seconds(piece: str) -> None:
    prompt = piece * (LENGTH // len(piece))
    started = time.perf_counter()
    with suppress(InvalidRequest):  # nested brackets multiply up to infinity
        tokens_of(prompt)
    assert time.perf_counter() - started < SECONDS


def test_a_long_word_takes_seconds() -> None:
    started = time.perf_counter()
    tokens_of("x" * LENGTH)
    tokens_of("é" * LENGTH)
    assert time.perf_counter() - started < SECONDS
