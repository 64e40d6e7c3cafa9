"""Wildcards and arrays in prompts."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from extensions.fooocus.words.wildcards import Wildcards, expanded


@pytest.fixture
def wildcards(tmp_path: Path) -> Wildcards:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "color.txt").write_text("red\n\nblue\n green \n")
    (tmp_path / "nested.txt").write_text("__color__ sky\n")
    (tmp_path / "endless.txt").write_text("__endless__ __endless__\n")
    (tmp_path / "empty.txt").write_text("\n")
    return Wildcards(folder=tmp_path)


def test_lines_in_order(wildcards: Wildcards) -> None:
    made = [wildcards.applied("__color__", Random(1), index, in_order=True) for index in range(4)]
    assert made == ["red", "blue", "green", "red"]


def test_lines_by_the_seed(wildcards: Wildcards) -> None:
    made = [wildcards.applied("__color__ __color__", Random(seed), 0, in_order=False) for seed in range(9)]
    again = [wildcards.applied("__color__ __color__", Random(seed), 0, in_order=False) for seed in range(9)]
    assert made == again
    assert len(set(made)) > 2


def test_lines_may_name_other_files(wildcards: Wildcards) -> None:
    assert wildcards.applied("a __nested__", Random(1), 1, in_order=True) == "a blue sky"
    assert len(wildcards.applied("__endless__", Random(1), 0, in_order=True)) < 100_000


@pytest.mark.parametrize("name", ["missing", "empty"])
def test_a_name_without_lines_is_the_bare_word(name: str, wildcards: Wildcards) -> None:
    assert wildcards.applied(f"a __{name}__ b", Random(1), 0, in_order=False) == f"a {name} b"


def test_the_first_array_varies_fastest() -> None:
    text = "[[red, blue]] [[cat,dog]]"
    assert [expanded(text, k) for k in range(5)] == ["red cat", "blue cat", "red dog", "blue dog", "red cat"]
    assert expanded("plain", 3) == "plain"
