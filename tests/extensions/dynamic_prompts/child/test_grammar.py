"""One reader of one task: what is drawn, what is combined, and what is left as it is."""

from __future__ import annotations

from typing import Any

import pytest

from extensions.dynamic_prompts.child.grammar import GrammarReader
from extensions.dynamic_prompts.child.refusal import Refusal
from extensions.dynamic_prompts.child.wildcards import WatchedWildcards
from extensions.dynamic_prompts.task import TemplateTask

pytestmark = pytest.mark.filterwarnings("ignore:.* deprecated - use:DeprecationWarning")
"""The package calls pyparsing by names of former days."""
EIGHT = "{a|b|c|d|e|f|g|h}"


def reader(**asked: Any) -> GrammarReader:
    task = TemplateTask(**asked)
    return GrammarReader(task=task, wildcards=WatchedWildcards(task))


def test_a_frozen_job_draws_once_for_all() -> None:
    made = reader(seeds=range(6), frozen=True).chosen([EIGHT] * 6, "prompt")
    assert len(set(made)) == 1
    assert len(set(reader(seeds=range(6)).chosen([EIGHT] * 6, "prompt"))) > 1


def test_each_picture_of_its_own_template_has_its_own_seed() -> None:
    both = reader(seeds=(5, 9)).chosen([f"x {EIGHT}", f"y {EIGHT}"], "prompt")
    assert both == [reader().sample(f"x {EIGHT}", 5), reader().sample(f"y {EIGHT}", 9)]


def test_empty_texts_stay_empty() -> None:
    assert reader(seeds=(1, 2)).chosen(["", ""], "prompt") == ["", ""]
    assert reader().all_of("", 3, "prompt") == [""]


def test_what_is_no_template_stays_and_is_told_with_its_place() -> None:
    one = reader()
    assert one.chosen(["{a|b"], "negative_prompt") == ["{a|b"]
    (warning,) = one.warnings
    assert warning.startswith("negative_prompt: used as it is, it can't be read as a template: ")


def test_the_signs_of_the_grammar_are_the_tasks() -> None:
    one = reader(variant_start="<", variant_end=">")
    assert one.all_of("<a|b>", None, "prompt") == ["a", "b"]
    assert one.all_of("{a}", None, "prompt") == ["{a}"]


def test_without_a_count_each_prompt_goes_with_each_negative_one() -> None:
    one = reader(prompts=("{a|b}",), negative_prompts=("{x|y}",), way="combinatorial")
    assert list(zip(*one.combined(), strict=True)) == [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]


def test_with_a_count_negative_prompts_begin_again_and_batches_repeat_all() -> None:
    asked = {"prompts": ("{a|b|c}",), "negative_prompts": ("{x|y}",), "count": 3, "batches": 2}
    prompts, negatives = reader(**asked).combined()
    assert prompts == ["a", "b", "c"] * 2
    assert negatives == ["x", "y", "x"] * 2


def test_more_prompts_than_the_job_may_have_are_refused() -> None:
    with pytest.raises(Refusal, match="more than 7 prompts"):
        reader(most=7).all_of(EIGHT, None, "prompt")
    with pytest.raises(Refusal, match="more than 3 prompts"):
        reader(prompts=("{a|b}",), negative_prompts=("{x|y}",), most=3).combined()


def test_combinations_of_several_texts_are_those_of_the_first() -> None:
    one = reader(prompts=("{a|b}", "c"), negative_prompts=("", ""))
    assert one.combined()[0] == ["a", "b"]
    assert one.warnings == ["pictures have prompts of their own; combinations are those of the first"]
