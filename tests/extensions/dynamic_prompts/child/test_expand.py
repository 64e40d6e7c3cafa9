"""Templates become prompts: the grammar, wildcard files, combinations and Jinja."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.extensions.dynamic_prompts.child.working import made, prompts


def test_one_of_several() -> None:
    found = prompts("a {red|blue} ball", 20)
    assert set(found) == {"a red ball", "a blue ball"}


def test_a_seed_has_its_choice_whatever_comes_before() -> None:
    template = "{a|b|c|d|e|f|g|h} {1|2|3|4}"
    assert prompts(template, 6)[3] == prompts(template, 4)[3]
    assert prompts(template, 6) == prompts(template, 6)


@pytest.mark.parametrize(
    ("template", "counts", "separator"),
    [
        ("{2$$a|b|c}", {2}, ","),
        ("{2$$ and $$a|b|c}", {2}, " and "),
        ("{1-3$$a|b|c}", {1, 2, 3}, ","),
        ("{-2$$a|b|c}", {1, 2}, ","),
        ("{2-$$a|b|c}", {2, 3}, ","),
    ],
)
def test_several_at_once(template: str, counts: set[int], separator: str) -> None:
    for text in (texts := prompts(template, 40)):
        parts = text.split(separator)
        assert len(set(parts)) == len(parts)
        assert set(parts) <= {"a", "b", "c"}
    assert {len(text.split(separator)) for text in texts} == counts


def test_weights_count() -> None:
    found = prompts("{9::often|1::seldom}", 200)
    assert found.count("often") > 150
    assert prompts("{0::never|1::always}", 50) == ["always"] * 50


def test_variables_keep_what_was_chosen() -> None:
    for text in prompts("${c=!{red|blue|green}}a ${c} ball, a ${c} cube", 10):
        words = text.split()
        assert words[1] == words[4]
    assert prompts("a ${size:large} ball") == ["a large ball"]


def test_a_text_that_is_no_template_stays_as_it_is() -> None:
    answer = made("a {red ball", negative="x")
    assert answer.prompts == ["a {red ball"]
    assert answer.warnings[0].startswith("prompt: used as it is")


def test_combinations_are_all_made_and_go_with_all_negatives() -> None:
    answer = made("{a|b} {c|d}", way="combinatorial", negative="{x|y}")
    assert answer.prompts == ["a c", "a c", "a d", "a d", "b c", "b c", "b d", "b d"]
    assert answer.negative_prompts == ["x", "y"] * 4
    assert prompts("{a|b} {c|d}", way="combinatorial", count=3) == ["a c", "a d", "b c"]
    assert prompts("{a|b}", way="combinatorial", batches=2) == ["a", "b", "a", "b"]


def test_unlinked_choices_follow_the_chance() -> None:
    template = "{a|b|c|d|e|f|g|h|i|j}{a|b|c|d|e|f|g|h|i|j}"
    assert prompts(template, 5, chance=7) == prompts(template, 5, chance=7) != prompts(template, 5, chance=8)
    assert len(set(prompts(template, 5, chance=7))) > 1


def test_variations_of_one_picture_have_one_prompt() -> None:
    template = "{a|b|c|d|e|f|g|h|i|j}"
    assert len(set(prompts(template, 6, frozen=True))) == 1


def test_the_signs_can_be_others(tmp_path: Path) -> None:
    (tmp_path / "colour.txt").write_text("red\n")
    signs: dict[str, Any] = {"variant_start": "<", "variant_end": ">", "wildcard_wrap": "&&"}
    assert prompts("<a|a> &&colour&& __colour__", 1, tmp_path, **signs) == ["a red __colour__"]
