"""Every error's way to HTTP: A1111's four keys, FastAPI's list for validation, the router's own shape."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as RouterException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.contract.errors import SdapiError, TooManyJobs
from sdapi.http.responses import JsonResponse

log = logging.getLogger(__name__)

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
"""Error types of pydantic 2, and what pydantic 1 called them."""


class ApiError(HTTPException):
    """An error that A1111 raises on purpose: its text is in ``detail``, ours with the field in ``errors``."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail, headers=dict(headers) if headers else None)
        self.errors = f"{field}: {detail}" if field else ""


def error_body(error: str, *, detail: str = "", errors: str = "") -> dict[str, str]:
    """The four keys, in A1111's order."""
    return {"error": error, "detail": detail, "body": "", "errors": errors}


def named(message: str, field: str | None) -> str:
    """A message that says which field is meant."""
    return message if not field or field in message else f"{field}: {message}"


def field_error(field: str, message: str, kind: str = "value_error") -> RequestValidationError:
    """A 422 in FastAPI's shape, raised after the body was read."""
    return RequestValidationError([{"loc": ("body", field), "msg": message, "type": kind}])


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


async def on_validation(request: Request, error: Exception) -> Response:
    """422 with one entry per field."""
    assert isinstance(error, RequestValidationError)
    return JsonResponse({"detail": validation_items(error.errors())}, 422)


async def on_sdapi_error(request: Request, error: Exception) -> Response:
    """An error of the engine or of our own checks."""
    assert isinstance(error, SdapiError)
    if error.status >= 500:
        log.error("%s %s: %s", request.method, request.url.path, error.message)
    text = named(error.message, error.field)
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooManyJobs) else None
    return JsonResponse(error_body(type(error).__name__, detail=text, errors=text), error.status, headers)


async def on_http_error(request: Request, error: Exception) -> Response:
    """Errors raised by handlers have four keys, those of the router only ``detail``."""
    assert isinstance(error, RouterException)
    headers = dict(error.headers) if error.headers else None
    if error.status_code == 405:
        headers = _allowed(request, headers or {})
    if not isinstance(error, HTTPException):
        return JsonResponse({"detail": error.detail}, error.status_code, headers)
    errors = error.errors if isinstance(error, ApiError) else ""
    body = error_body("HTTPException", detail=str(error.detail), errors=errors)
    return JsonResponse(body, error.status_code, headers)


def methods_by_path(routes: Iterable[BaseRoute]) -> dict[str, frozenset[str]]:
    """Every method of a path, which may have a route for each."""
    found: dict[str, frozenset[str]] = {}
    for route in routes:
        if isinstance(route, Route):
            found[route.path] = found.get(route.path, frozenset()) | (route.methods or set())
    return found


def _allowed(request: Request, headers: dict[str, str]) -> dict[str, str]:
    """The headers of a 405 with every method that the path has: the router names those of one route."""
    methods: Mapping[str, frozenset[str]] = request.app.state.methods
    path = getattr(request.scope.get("route"), "path", "")
    return {**headers, "Allow": ", ".join(sorted(methods[path]))} if path in methods else headers


def install_handlers(app: FastAPI) -> None:
    """Map the hierarchy to HTTP, in this one place."""
    app.add_exception_handler(RequestValidationError, on_validation)
    app.add_exception_handler(SdapiError, on_sdapi_error)
    app.add_exception_handler(RouterException, on_http_error)


class UnhandledErrors:
    """Innermost middleware: an unforeseen exception becomes a logged 500 with A1111's four keys."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application and answer for it when it fails before its first byte."""
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            log.exception("unexpected error at %s", scope.get("path"))
            body = error_body(type(error).__name__, errors=str(error))
            await JsonResponse(body, 500)(scope, receive, send)


def json_text(value: object) -> str:
    """A value as it looks in JSON, for messages."""
    return json.dumps(value, ensure_ascii=False, default=str)
