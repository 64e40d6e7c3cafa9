"""Old emphasis: brackets inside tokens change the weight of what follows."""

from __future__ import annotations

import pytest

from pipelines.families.clip.tokenizers import clip_tokenizer
from pipelines.text.embeddings.files import Embedding
from pipelines.text.embeddings.registry import NameIndex
from pipelines.text.encoding.old_emphasis import bracket_factors, old_chunk
from pipelines.text.prompt.chunks import Chunk


def chunk_of(text: str) -> Chunk[Embedding]:
    return old_chunk(text, clip_tokenizer(), NameIndex("clip"))


def test_brackets_scale_what_follows_and_vanish() -> None:
    chunk = chunk_of("a ((cat)) [dog]")
    assert chunk.ids[1:5] == (320, 2368, 1929, 49407)
    assert chunk.weights[1:4] == pytest.approx((1.0, 1.21, 1 / 1.1))


def test_tokens_beyond_75_are_cut() -> None:
    chunk = chunk_of("cat " * 100)
    assert chunk.ids == (49406, *[2368] * 75, 49407)


def test_brackets_that_cancel_out_are_text() -> None:
    ids = clip_tokenizer().encode(["()"])[0]
    assert not bracket_factors().keys() & set(ids)
