"""Texts become rows of chunks, as many for every text."""

from __future__ import annotations

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.options import GenerationOptions
from pipelines.text.encoding.text_rows import TextRows, build_rows
from tests.pipelines.text.encoding.fakes import Letters, OneName, embedding


def rows_of(*texts: str, lookup: OneName | None = None, **options: object) -> TextRows:
    given = GenerationOptions.from_mapping(options)
    return build_rows(texts, Letters(), lookup or OneName(), given)


def test_shorter_texts_are_filled_with_empty_chunks() -> None:
    rows = rows_of("abcdef", "a")
    assert rows.count == 2
    assert [chunk.ids for chunk in rows.chunks[0]] == [(90, 1, 2, 3, 4, 91), (90, 5, 6, 91, 91, 91)]
    assert [chunk.ids for chunk in rows.chunks[1]] == [(90, 1, 91, 91, 91, 91), (90, 91, 91, 91, 91, 91)]


def test_an_embedding_is_named_once() -> None:
    found = embedding(1.0, 2.0)
    rows = rows_of("za", "zbz", lookup=OneName(26, found))
    assert rows.used == (found,)
    assert [offset for offset, _ in rows.chunks[1][0].embeddings] == [0]
    assert [offset for offset, _ in rows.chunks[1][1].embeddings] == [0]  # two more don't fit into four


def test_the_mode_none_leaves_brackets_in_the_text() -> None:
    weighted, plain = rows_of("(ab:2)"), rows_of("(ab", emphasis="None")
    assert weighted.chunks[0][0].weights[1:4] == (2.0, 2.0, 1.0)
    assert plain.chunks[0][0].ids[1:4] == (ord("(") - 96, 1, 2)
    assert set(plain.chunks[0][0].weights) == {1.0}


def test_old_emphasis_is_refused_for_other_tokenizers() -> None:
    options = GenerationOptions(use_old_emphasis_implementation=True)
    with pytest.raises(InvalidRequest, match="the old emphasis implementation works with SD 1") as refused:
        build_rows(["a"], Letters(kind="open_clip"), OneName(), options)
    assert refused.value.field == "options.use_old_emphasis_implementation"


def test_the_reach_of_commas_is_an_option() -> None:
    near, far = (rows_of("ab,cd", comma_padding_backtrack=reach).chunks[0] for reach in (2, 1))
    assert [chunk.ids[1:5] for chunk in near] == [(1, 2, 50, 91), (3, 4, 91, 91)]
    assert [chunk.ids[1:5] for chunk in far] == [(1, 2, 50, 3), (4, 91, 91, 91)]
