"""Jinja templates choose by the seed, and reach nothing of the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from extensions.dynamic_prompts.child.main import worked_out
from extensions.dynamic_prompts.task import TemplateTask
from tests.extensions.dynamic_prompts.child.working import prompts


def test_jinja_chooses_by_the_seed(tmp_path: Path) -> None:
    (tmp_path / "colour.txt").write_text("red\nblue\n")
    template = "{{ choice('a', 'b', 'c', 'd') }} {{ randint(1, 9) }} {{ random_sample('__colour__') }}"
    assert prompts(template, 6, tmp_path, way="jinja")[4] == prompts(template, 5, tmp_path, way="jinja")[4]
    assert len(set(prompts(template, 6, tmp_path, way="jinja"))) > 3
    assert prompts("{{ wildcard('__colour__') | join('+') }}", 1, tmp_path, way="jinja") == ["blue+red"]
    assert prompts("{{ weighted_choice(('a', 1), ('b', 0)) }}", 1, way="jinja") == ["a"]
    assert prompts("{{ permutations(['a', 'b'], 1, 2) | length }}", 1, way="jinja") == ["4"]


def test_jinja_blocks_are_prompts_of_their_own() -> None:
    template = "{% for c in ['red', 'blue'] %}{% prompt %}a {{ c }} ball{% endprompt %}{% endfor %}"
    assert prompts(template, 1, way="jinja") == ["a red ball", "a blue ball"]
    assert prompts(template, 1, way="jinja", limit_jinja=True) == ["a red ball"]


def test_jinja_knows_the_job() -> None:
    context = {"parameters": {"steps": 7}}
    assert prompts("{{ parameters.steps }} steps", 1, way="jinja", context=context) == ["7 steps"]


@pytest.mark.parametrize(
    "template",
    [
        "{% for x in %}",
        "{{ ''.__class__.__mro__ }}",
        "{{ cycler.__init__.__globals__.os }}",
        "{{ choice() }}",
        "{{ 1 / 0 }}",
        "{% include 'x' %}",
        "{{ nothing.of.this }}",
    ],
)
def test_jinja_that_fails_or_reaches_out_is_refused(template: str) -> None:
    answer = worked_out(TemplateTask(way="jinja", prompts=[template]))
    assert answer.refusal, answer.prompts
    assert answer.place == "prompt"


@pytest.mark.parametrize(
    "template",
    ["{{ choice.__globals__ }}", "{{ self._TemplateReference__context }}", "{{ wildcard_manager }}"],
)
def test_jinja_sees_nothing_of_the_program(template: str) -> None:
    assert prompts(template, 1, way="jinja") == [""]


def test_unlinked_choices_of_jinja_follow_the_chance() -> None:
    template = "{{ randint(1, 1000000) }}"
    first, second = (prompts(template, 3, way="jinja", chance=chance) for chance in (1, 2))
    assert first == prompts(template, 3, way="jinja", chance=1)
    assert len({*first, *second}) == 6


def test_more_blocks_than_the_job_may_have_are_refused() -> None:
    template = "{% for n in range(5) %}{% prompt %}{{ n }}{% endprompt %}{% endfor %}"
    assert prompts(template, way="jinja", most=5) == ["0", "1", "2", "3", "4"]
    answer = worked_out(TemplateTask(way="jinja", prompts=[template], most=4))
    assert (answer.refusal, answer.place) == ("the template makes more than 4 prompts", "prompt")


def test_a_mistake_is_named_with_its_line() -> None:
    answer = worked_out(TemplateTask(way="jinja", prompts=["a\n{% for x in %}"]))
    assert answer.refusal.startswith("line 2 of the template: ")


def test_blanks_are_kept_unless_they_are_ignored() -> None:
    assert prompts("a \n {{ 'b' }}", way="jinja") == ["a \n b"]
    assert prompts("a \n {{ 'b' }}", way="jinja", ignore_whitespace=True) == ["a b"]


def test_permutations_have_all_sizes_between_two() -> None:
    template = "{% for p in permutations(['a', 'b', 'c'], 2) %}{{ p | join }} {% endfor %}"
    assert prompts(template, way="jinja") == ["ab ac ba bc ca cb "]
