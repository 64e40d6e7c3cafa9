"""InvokeAI's errors: FastAPI's own form, with the place of a fault where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi.exceptions import RequestValidationError

from sdapi.plugin import Dialect, Fault, answers


def say(fault: Fault) -> Mapping[str, Any]:
    """``detail`` is a text, or a list of faults for what was sent."""
    if isinstance(fault.error, RequestValidationError):
        keys = ("type", "loc", "msg")
        return {"detail": [{key: error.get(key) for key in keys} for error in fault.error.errors()]}
    if fault.status == 422:
        place = fault.field.split(".") if fault.field else []
        return {"detail": [{"type": "value_error", "loc": ["body", *place], "msg": fault.message}]}
    return {"detail": fault.message}


INVOKE = Dialect(name="invokeai", say=say)

_SCHEMAS = "#/components/schemas/"


def refusals(**texts: str) -> answers.Responses:
    """Answers of an operation that are a ``detail``, for the document: ``_415="no picture"``."""
    return {int(name[1:]): {"description": text, "content": _content(name)} for name, text in texts.items()}


def _content(name: str) -> dict[str, Any]:
    kind = "HTTPValidationError" if name == "_422" else "RouterError"
    return {"application/json": {"schema": {"$ref": _SCHEMAS + kind}}}
