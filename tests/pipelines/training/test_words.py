"""Words of pictures, and what templates make of them."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from pipelines.contract.training import TrainingPictures
from pipelines.training.words import draw_text, words_of

PLAN = TrainingPictures(folder="", width=64, height=64, template=("a photo of [name], [filewords]",))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("0001-a red circle-x1.png", "a red circle-x1"),
        ("green_triangle.jpg", "green_triangle"),
        ("12.png", ""),
    ],
)
def test_a_name_becomes_words(name: str, words: str, tmp_path: Path) -> None:
    assert words_of(tmp_path / name, PLAN) == words


def test_a_text_beside_wins(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("a blue square, flat", encoding="utf-8")
    assert words_of(tmp_path / "one.png", PLAN) == "a blue square, flat"


def test_a_regular_expression_finds_words() -> None:
    plan = TrainingPictures(folder="", width=1, height=1, template=(), word_regex=r"[a-z]+", join_string="+")
    assert words_of(Path("a_b2c.png"), plan) == "a+b+c"


def test_tags_are_dropped_and_shuffled_in_the_originals_order() -> None:
    plan = TrainingPictures(
        folder="", width=1, height=1, template=PLAN.template, shuffle_tags=True, tag_drop_out=0.3
    )
    random = Random(1234)
    random.shuffle([0, 1, 2, 3])
    random.shuffle([[0], [1], [2], [3]])
    texts = [
        draw_text(words, "t2emb", plan, random)
        for words in ("a red circle-x1", "green_triangle", "a line", "a blue square, flat, on black")
    ]
    assert texts == [
        *("a photo of t2emb, ", "a photo of t2emb, ", "a photo of t2emb, a line"),
        "a photo of t2emb,  flat, on black,a blue square",
    ]
