"""Templates become prompts: the grammar, wildcard files, combinations and Jinja."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from extensions.dynamic_prompts.child.main import worked_out
from extensions.dynamic_prompts.task import TemplateTask, Way, WorkedOut


def prompts(template: str, seeds: int = 1, *roots: Path, way: Way = "random", **more: Any) -> list[str]:
    return list(made(template, seeds, *roots, way=way, **more).prompts)


def made(
    template: str, seeds: int = 1, *roots: Path, way: Way = "random", negative: str = "", **more: Any
) -> WorkedOut:
    task = TemplateTask(
        way=way,
        roots=[str(root) for root in roots],
        prompts=[template] * seeds,
        negative_prompts=[negative] * seeds,
        seeds=list(range(1, seeds + 1)),
        **more,
    )
    answer = worked_out(task)
    assert not answer.refusal, answer.refusal
    return answer


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


def test_wildcards_in_text_json_and_yaml_files_may_name_each_other(tmp_path: Path) -> None:
    (tmp_path / "things").mkdir()
    (tmp_path / "things" / "ball.txt").write_text("# a note\n__colour__ ball\n")
    (tmp_path / "colour.txt").write_text("red\nred\n")
    (tmp_path / "more.yaml").write_text("shapes:\n  flat: [square]\n  solid: [cube]\n")
    (tmp_path / "names.json").write_text(json.dumps({"who": ["Ann"]}))
    assert prompts("a __things/ball__", 1, tmp_path) == ["a red ball"]
    assert set(prompts("__shapes/*__", 20, tmp_path)) == {"square", "cube"}
    assert prompts("__who__", 1, tmp_path) == ["Ann"]
    assert prompts("{2$$ $$__shapes/*__}", 1, tmp_path)[0].count(" ") == 1


def test_a_wildcard_that_is_nowhere_stays_and_is_said(tmp_path: Path) -> None:
    answer = made("a __nothing__", 1, tmp_path)
    assert answer.prompts == ["a __nothing__"]
    assert "there is no wildcard 'nothing'" in answer.warnings


def test_no_wildcard_leads_out_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "wildcards").mkdir()
    for name in ("../secret", "/../secret", str(tmp_path / "secret")):
        assert prompts(f"__{name}__", 1, tmp_path / "wildcards") != ["secret"]


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


def test_too_many_combinations_are_refused() -> None:
    template = " ".join(["{a|b|c|d}"] * 40)
    task = TemplateTask(way="combinatorial", prompts=[template], most=100)
    answer = worked_out(task)
    assert (answer.place, answer.refusal) == ("count", "the template makes more than 100 prompts")


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


def test_what_refers_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop.txt").write_text("__loop__ again\n")
    answer = worked_out(TemplateTask(roots=[str(tmp_path)], prompts=["__loop__"]))
    assert answer.refusal == "the template refers to itself, or nests too deeply"
