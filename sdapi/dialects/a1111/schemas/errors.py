"""Bodies of errors."""

from __future__ import annotations

from pydantic import BaseModel


class ErrorBody(BaseModel):
    """A1111's four keys: the error's class, its text, nothing, and its text with the field at fault."""

    error: str
    detail: str
    body: str
    errors: str


class RouterError(BaseModel):
    """The router's own errors: 400 for a body that can't be read, 404 and 405 for paths."""

    detail: str
