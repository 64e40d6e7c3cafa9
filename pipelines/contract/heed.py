"""Places deep in a computation: where its job ends once its client has given it up, where others may go on.

An engine names the control of the job that it advances; loops over pictures, tiles and texts ask here.
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
"""Yields where other jobs may go on (between two tiles, faces, lists of texts) and returns a T."""

_current: ContextVar[JobControl | None] = ContextVar("control", default=None)


@contextmanager
def advancing(control: JobControl) -> Generator[None]:
    """While entered, ``heed`` asks this control."""
    token = _current.set(control)
    try:
        yield
    finally:
        _current.reset(token)


def heed() -> None:
    """Raise Cancelled if the job that advances is given up; nothing outside of a job."""
    control = _current.get()
    if control is not None and control.cancelled:
        raise Cancelled("the job was cancelled")


def heeding(items: Iterable[T]) -> Generator[T]:
    """The items, with a place to heed before each."""
    for item in items:
        heed()
        yield item


def in_one_go(pieces: Pieces[T]) -> T:
    """All pieces, one after the other."""
    while True:
        try:
            next(pieces)
        except StopIteration as finished:
            value: T = finished.value
            return value
