"""Work yields one step at a time, and is sent the answer."""

from __future__ import annotations

import pytest
import torch

from pipelines.contract.errors import Cancelled
from pipelines.contract.heed import Pieces
from pipelines.contract.results import GenerationResult
from pipelines.denoising.work import (
    Generate,
    Pause,
    Report,
    Work,
    call_model,
    pause,
    paused,
    report,
    run_generation,
    settle,
)
from tests.pipelines.denoising.answering import NumberNetwork, a_call, answered
from tests.pipelines.jobs.helpers import make_request


def test_a_model_call_answers_the_networks_output() -> None:
    call = a_call(NumberNetwork(), 5.0)
    work = call_model(call)
    assert next(work) is call
    output = torch.ones(1)
    with pytest.raises(StopIteration) as ended:
        work.send(output)
    assert ended.value.value is output


def test_a_model_call_is_answered_with_numbers_only() -> None:
    work = call_model(a_call(NumberNetwork()))
    next(work)
    with pytest.raises(AssertionError):
        work.send(None)


def test_a_pause_and_a_report_are_one_step_each() -> None:
    assert list(pause()) == [Pause()]
    assert list(report(step=2, text="two", figures={"loss": 0.5})) == [
        Report(step=2, text="two", figures={"loss": 0.5})
    ]
    assert list(report(batch_done=True, preview=b"x", steps=3, batch=1)) == [
        Report(batch_done=True, preview=b"x", steps=3, batch=1)
    ]


def test_another_generation_answers_its_result() -> None:
    request = make_request()
    work = run_generation(request)
    assert next(work) == Generate(request=request)
    result = GenerationResult(images=(b"x",), info={})
    with pytest.raises(StopIteration) as ended:
        work.send(result)
    assert ended.value.value is result


def test_what_is_settled_is_a_value_or_what_work_returns() -> None:
    def later() -> Work[int]:
        output = yield from call_model(a_call(NumberNetwork(), 5.0))
        return int(output.item())

    assert answered(settle(4)) == 4
    assert answered(settle(later())) == 5


def in_two(closed: list[bool]) -> Pieces[str]:
    """A computation in two pieces."""
    try:
        yield
        yield
        return "whole"
    finally:
        closed.append(True)


def test_pieces_are_work_with_a_pause_after_each() -> None:
    work = paused(in_two([]))
    assert [next(work), next(work)] == [Pause(), Pause()]
    with pytest.raises(StopIteration) as ended:
        next(work)
    assert ended.value.value == "whole"


def test_pieces_are_given_up_with_the_work() -> None:
    closed: list[bool] = []
    work = paused(in_two(closed))
    next(work)
    with pytest.raises(Cancelled):
        work.throw(Cancelled("the job was cancelled"))
    assert closed == [True]
