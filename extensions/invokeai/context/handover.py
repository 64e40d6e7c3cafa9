"""Plain functions as work: each runs in a thread of its own, which waits while the engine works for it.

Either the engine's thread runs or the function's, never both: the work yields what the function asks for,
and the engine's answer is sent back. So code without generators can call the model, pause and be cancelled.
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
"""Seconds that an engine that closes waits for a function to end."""


class _Exchange:
    """Two mailboxes, of pairs: ``step``, ``answer``, ``value`` or ``error``, and the object itself."""

    def __init__(self) -> None:
        self.to_engine: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        self.to_function: SimpleQueue[tuple[str, Any]] = SimpleQueue()

    def ask(self, step: Any) -> Any:
        """Hand a step to the engine and wait for its answer, in the function's thread.

        Raises what the engine raises.
        """
        self.to_engine.put(("step", step))
        what, value = self.to_function.get()
        if what == "error":
            raise value
        return value

    def run(self, function: Callable[[Ask], Any]) -> None:
        """Run the function and hand over its value or its error; the body of its thread."""
        torch.set_grad_enabled(False)  # each thread has its own
        try:
            self.to_engine.put(("value", function(self.ask)))
        except BaseException as error:
            self.to_engine.put(("error", error))


def as_work(function: Callable[[Ask], T]) -> Work[T]:
    """Run ``function`` as work; its argument asks the engine."""
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
    """Carry other work out to its end, within a function that runs as work."""
    try:
        step = next(work)
        while True:
            step = work.send(ask(step))
    except StopIteration as finished:
        value: T = finished.value
        return value
