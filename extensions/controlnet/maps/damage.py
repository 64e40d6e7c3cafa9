"""Errors that name their cause: the weight file, the field of a request."""

from __future__ import annotations

import pickle
from collections.abc import Generator
from contextlib import contextmanager

from pipelines.plugin import DAMAGED_OR_OTHER, CorruptFile, InvalidRequest

DAMAGE = (RuntimeError, OSError, EOFError, ValueError, LookupError, TypeError, AttributeError)


@contextmanager
def readable(names: str) -> Generator[None]:
    """While entered, turn failures of loading into CorruptFile that names these files."""
    try:
        yield
    except (*DAMAGE, pickle.UnpicklingError) as error:
        raise CorruptFile(f"{names} can't be loaded: it is {DAMAGED_OR_OTHER}", field="module") from error


@contextmanager
def naming(field: str) -> Generator[None]:
    """While entered, let errors of field ``module`` or of none name this field instead."""
    try:
        yield
    except InvalidRequest as error:
        if error.field not in (None, "module"):
            raise
        raise type(error)(error.message, field=field) from error
