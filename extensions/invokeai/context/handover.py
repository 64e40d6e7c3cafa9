"""Plain functions as work: they run in a thread of their own, and hold still while the engine works for them.

Either the engine's thread runs or the function's, never both: what a function asks is yielded by the work,
and what the engine answers is sent back. So code that knows nothing of generators can call the model, pause
and be cancelled.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

import torch

from extensions.invokeai.context.parts import Ask
from pipelines.plugin import Cancelled, SdapiError, Work

T = TypeVar("T")
GONE_SECONDS = 10.0
"""So long an engine that closes waits for a function to end."""


class _Exchange:
    """Two mailboxes. What is handed over is a pair: what it is, and the thing itself."""

    def __init__(self) -> None:
        self.to_engine: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self.to_function: SimpleQueue[tuple[str, Any]] = SimpleQueue()

    def ask(self, step: Any) -> Any:
        """For the function: hand a step over and wait for its answer. Raises what the engine raises."""
        self.to_engine.put(("step", step))
        what, value = self.to_function.get()
        if what == "error":
            raise value
        return value

    def run(self, function: Callable[[Ask], Any]) -> None:
        """The function's thread."""
        torch.set_grad_enabled(False)  # each thread has its own
        try:
            self.to_engine.put(("value", function(self.ask)))
        except BaseException as error:
            self.to_engine.put(("error", error))


def as_work(function: Callable[[Ask], T]) -> Work[T]:
    """Work that runs ``function``, which is given the way to ask the engine."""
    exchange = _Exchange()
    run = copy_context().run
    thread = Thread(target=run, args=(exchange.run, function), name="graph", daemon=True)
    thread.start()
    ended = False
    try:
        while True:
            what, value = exchange.to_engine.get()
            ended = what != "step"
            if what == "value":
                return value
            if what == "error":
                raise value
            exchange.to_function.put((yield from _answered(value)))
    finally:
        if not ended:
            exchange.to_function.put(("error", Cancelled("the engine closes")))
            thread.join(GONE_SECONDS)


def _answered(step: Any) -> Work[tuple[str, Any]]:
    try:
        return "answer", (yield step)
    except SdapiError as error:
        return "error", error


def finish(work: Work[T], ask: Ask) -> T:
    """Within such a function: carry out other work to its end."""
    try:
        step = next(work)
        while True:
            step = work.send(ask(step))
    except StopIteration as finished:
        value: T = finished.value
        return value
