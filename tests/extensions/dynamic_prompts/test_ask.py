"""Templates that never end, or want all memory, end with their process."""

from __future__ import annotations

import pytest

from extensions.dynamic_prompts.ask import UNDONE, Bounds, ask
from extensions.dynamic_prompts.task import TemplateTask, Way, WorkedOut
from pipelines.denoising.work import Pause

SHORT = Bounds(computing=1, waiting=30)
LOOPS = "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}"


def asked(prompt: str, bounds: Bounds | None = None, way: Way = "random") -> WorkedOut:
    work = ask(TemplateTask(prompts=[prompt], way=way), bounds)
    try:
        step = next(work)
        while True:
            assert isinstance(step, Pause)
            step = work.send(None)
    except StopIteration as finished:
        answer: WorkedOut = finished.value
        return answer


def test_the_answer_comes_back_and_others_go_on_meanwhile() -> None:
    assert asked("a {b|b}").prompts == ["a b"]


@pytest.mark.parametrize(
    ("template", "way"),
    [
        (LOOPS + "{% endfor %}{% endfor %}", "jinja"),
        ("{{ 10 ** 10000000000 }}", "jinja"),
        ("{{ 'a' * 10 ** 10 }}", "jinja"),
        ("{{ 'a'.ljust(10 ** 10) }}", "jinja"),
        ("{" * 5000, "random"),
    ],
    ids=["loops", "power", "text", "method", "deep"],
)
def test_hostile_templates_are_refused(template: str, way: Way) -> None:
    answer = asked(template, SHORT, way)
    assert answer.refusal or answer.warnings
    if way == "jinja":
        assert answer.refusal
        assert not answer.prompts


def test_a_process_that_takes_too_long_is_ended() -> None:
    answer = asked("a {b|b}", Bounds(waiting=0.0))
    assert answer.refusal == UNDONE


def test_a_job_that_is_given_up_ends_its_process() -> None:
    work = ask(TemplateTask(prompts=["a"]))
    next(work)
    work.close()
