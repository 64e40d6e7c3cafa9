"""Bodies that a route reads itself, checked as FastAPI checks those that it reads."""

from __future__ import annotations

from typing import TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

M = TypeVar("M", bound=BaseModel)


def validated(kind: type[M], value: object) -> M:
    """The value as a model. Raises RequestValidationError that names its fields, as other routes do."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        items = [{**item, "loc": ("body", *item["loc"])} for item in error.errors()]
        raise RequestValidationError(items) from error
