"""A task that can't be worked out is refused, whatever goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from extensions.dynamic_prompts.child import expand as module
from extensions.dynamic_prompts.child.main import DEEP, LARGE, worked_out
from extensions.dynamic_prompts.child.refusal import Refusal
from extensions.dynamic_prompts.task import TemplateTask, WorkedOut


def test_what_refers_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "loop.txt").write_text("__loop__ again\n")
    answer = worked_out(TemplateTask(roots=[str(tmp_path)], prompts=["__loop__"]))
    assert answer.refusal == "the template refers to itself, or nests too deeply"


def test_too_many_combinations_are_refused() -> None:
    template = " ".join(["{a|b|c|d}"] * 40)
    task = TemplateTask(way="combinatorial", prompts=[template], most=100)
    answer = worked_out(task)
    assert (answer.place, answer.refusal) == ("count", "the template makes more than 100 prompts")


@pytest.mark.parametrize(
    ("error", "refusal", "place"),
    [
        (Refusal("too many", "count"), "too many", "count"),
        (RecursionError(), DEEP, "prompt"),
        (MemoryError(), LARGE, "prompt"),
        (OverflowError(), LARGE, "prompt"),
    ],
)
def test_what_ends_the_work_is_the_answer(
    error: Exception, refusal: str, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(task: TemplateTask) -> WorkedOut:
        raise error

    monkeypatch.setattr(module, "expand", fail)
    answer = worked_out(TemplateTask())
    assert (answer.refusal, answer.place, answer.prompts) == (refusal, place, ())


def test_a_fault_of_ours_is_no_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(task: TemplateTask) -> WorkedOut:
        raise ZeroDivisionError

    monkeypatch.setattr(module, "expand", fail)
    with pytest.raises(ZeroDivisionError):
        worked_out(TemplateTask())
