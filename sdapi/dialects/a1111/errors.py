"""A1111's shape of errors: four keys, FastAPI's list for validation, the router's own shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import HTTPException
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as RouterException

from pipelines.contract.errors import SdapiError
from sdapi.http.dialect import Fault
from sdapi.http.errors import ApiError

RENAMED = {
    "missing": ("value_error.missing", "field required"),
    "dict_type": ("type_error.dict", "value is not a valid dict"),
    "model_attributes_type": ("type_error.dict", "value is not a valid dict"),
    "model_type": ("type_error.dict", "value is not a valid dict"),
    "list_type": ("type_error.list", "value is not a valid list"),
    "string_type": ("type_error.str", "str type expected"),
    "bool_parsing": ("type_error.bool", "value could not be parsed to a boolean"),
    "int_parsing": ("type_error.integer", "value is not a valid integer"),
}
"""Error types of pydantic 2, with pydantic 1's type and message."""


def say(fault: Fault) -> Mapping[str, Any]:
    """The body of an error."""
    error = fault.error
    if isinstance(error, RequestValidationError):
        return {"detail": validation_items(error.errors())}
    if isinstance(error, SdapiError):
        text = _named(fault.message, fault.field)
        return error_body(fault.kind, detail=text, errors=text)
    if isinstance(error, HTTPException):
        errors = f"{fault.field}: {fault.message}" if isinstance(error, ApiError) and fault.field else ""
        return error_body("HTTPException", detail=fault.message, errors=errors)
    if isinstance(error, RouterException):
        return {"detail": error.detail}
    return error_body(fault.kind, errors=fault.message)


def error_body(error: str, *, detail: str = "", errors: str = "") -> dict[str, str]:
    """The four keys, in A1111's order."""
    return {"error": error, "detail": detail, "body": "", "errors": errors}


def _named(message: str, field: str | None) -> str:
    """A message with its field in front, unless it names the field already."""
    return message if not field or field in message else f"{field}: {message}"


def validation_items(errors: Sequence[Any]) -> list[dict[str, Any]]:
    """Pydantic 2's errors in pydantic 1's words."""
    return [_validation_item(e) for e in errors]


def _validation_item(error: Mapping[str, Any]) -> dict[str, Any]:
    kind, message = RENAMED.get(error["type"], (error["type"], error["msg"]))
    if error["type"] == "json_invalid":
        return _json_item(error)
    item: dict[str, Any] = {"loc": list(error["loc"]), "msg": message, "type": kind}
    context = error.get("ctx")
    if context and kind.startswith(("value_error.", "type_error.")):
        item["ctx"] = dict(context)
    return item


def _json_item(error: Mapping[str, Any]) -> dict[str, Any]:
    position = error["loc"][-1] if len(error["loc"]) > 1 else 0
    reason = str(error.get("ctx", {}).get("error", "Invalid JSON"))
    return {
        "loc": ["body", position],
        "msg": f"{reason}: position {position}",
        "type": "value_error.jsondecode",
        "ctx": {"msg": reason, "pos": position},
    }
