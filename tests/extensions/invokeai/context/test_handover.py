"""Plain functions as work: steps go to the engine and answers come back, and never do both run."""

from __future__ import annotations

import threading
from contextvars import ContextVar
from typing import Any

import pytest
import torch

from extensions.invokeai.context.handover import as_work, finish
from extensions.invokeai.context.parts import Ask
from pipelines.contract.errors import Cancelled, InvalidRequest

CURRENT: ContextVar[str] = ContextVar("current", default="none")


def carried_out(work: Any, *answers: Any) -> tuple[list[Any], Any]:
    """Run work to its end, and give it answers, or errors to raise; its steps and its value."""
    steps = list[Any]()
    try:
        steps.append(next(work))
        for answer in answers:
            error = isinstance(answer, Exception)
            steps.append(work.throw(answer) if error else work.send(answer))
    except StopIteration as finished:
        return steps, finished.value
    raise AssertionError("the work goes on")


def test_steps_are_yielded_and_answers_returned() -> None:
    def function(ask: Ask) -> list[Any]:
        return [ask("first"), ask("second")]

    assert carried_out(as_work(function), 1, 2) == (["first", "second"], [1, 2])


def test_a_function_without_steps_has_a_value() -> None:
    assert carried_out(as_work(lambda ask: "value")) == ([], "value")


def test_an_error_of_the_function_is_that_of_the_work() -> None:
    def function(ask: Ask) -> None:
        ask("step")
        raise KeyError("lost")

    work: Any = as_work(function)
    next(work)
    with pytest.raises(KeyError, match="lost"):
        work.send(None)


def test_an_error_of_the_engine_is_raised_where_it_was_asked() -> None:
    def function(ask: Ask) -> str:
        try:
            ask("step")
        except InvalidRequest as error:
            return error.message
        return "no error"

    assert carried_out(as_work(function), InvalidRequest("too large", field="width"))[1] == "too large"


def test_closing_the_work_ends_its_function() -> None:
    ended = list[str]()

    def function(ask: Ask) -> None:
        try:
            ask("step")
        except Cancelled as error:
            ended.append(error.message)

    work: Any = as_work(function)
    next(work)
    work.close()
    assert ended == ["the engine closes"]


def test_a_function_has_a_thread_without_gradients_and_the_callers_variables() -> None:
    def function(ask: Ask) -> tuple[bool, str, bool]:
        return torch.is_grad_enabled(), CURRENT.get(), threading.current_thread() is threading.main_thread()

    token = CURRENT.set("caller's")
    try:
        assert carried_out(as_work(function))[1] == (False, "caller's", False)
    finally:
        CURRENT.reset(token)


def test_other_work_is_carried_out_within() -> None:
    def inner() -> Any:
        one = yield "a"
        other = yield "b"
        return one + other

    asked = list[str]()

    def ask(step: Any) -> int:
        asked.append(step)
        return len(asked)

    assert finish(inner(), ask) == 3 and asked == ["a", "b"]
