"""Places deep in a computation at which its job may end, if it was cancelled, or let others go on.

An engine enters the control of the job that it advances; loops over pictures, tiles and texts poll it here.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias, TypeVar

from pipelines.contract.control import JobControl
from pipelines.contract.errors import Cancelled

T = TypeVar("T")
Pieces: TypeAlias = Generator[None, None, T]
"""A computation that yields where other jobs may go on (between two tiles, faces, lists of texts)."""

_current: ContextVar[JobControl | None] = ContextVar("control", default=None)


@contextmanager
def advancing(control: JobControl) -> Generator[None]:
    """Have ``heed`` poll this control within a block."""
    token = _current.set(control)
    try:
        yield
    finally:
        _current.reset(token)


def heed() -> None:
    """Raise Cancelled if the job that advances was cancelled; do nothing outside a job."""
    control = _current.get()
    if control is not None and control.cancelled:
        raise Cancelled("the job was cancelled")


def heeding(items: Iterable[T]) -> Generator[T]:
    """Yield the items, and ``heed`` before each."""
    for item in items:
        heed()
        yield item


def in_one_go(pieces: Pieces[T]) -> T:
    """Run all pieces, one after the other, and return the result."""
    while True:
        try:
            next(pieces)
        except StopIteration as finished:
            value: T = finished.value
            return value
