"""Every error's way to a client: described here once, put into words by the dialect of its route."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

from fastapi import FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException as RouterException
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.contract.errors import SdapiError, TooManyJobs
from sdapi.http.declared import dialect_of
from sdapi.http.dialect import Dialect, Fault
from sdapi.http.responses import JsonResponse

log = logging.getLogger(__name__)


class ApiError(HTTPException):
    """An error of the HTTP side with a status of its own; ``field`` is one of our paths."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail, headers=dict(headers) if headers else None)
        self.field = field


def fault_of(error: Exception, dialect: Dialect) -> Fault:
    """An error in the names of a dialect."""
    status, message, path = 500, str(error), None
    if isinstance(error, RequestValidationError):
        status, (message, field) = 422, _first_item(error)
        return Fault(status=status, kind=type(error).__name__, message=message, field=field, error=error)
    if isinstance(error, SdapiError):
        status, message, path = error.status, error.message, error.field
    elif isinstance(error, RouterException):
        status, message = error.status_code, str(error.detail)
        path = error.field if isinstance(error, ApiError) else None
    return Fault(
        status=status,
        kind=type(error).__name__,
        message=dialect.fields.of_message(message, path),
        field=None if path is None else dialect.fields.of(path),
        error=error,
    )


def _first_item(error: RequestValidationError) -> tuple[str, str | None]:
    """The message and field of a schema's first fault; its names are the dialect's own."""
    first = next(iter(error.errors()), {"msg": "the request can't be read", "loc": ()})
    return str(first["msg"]), ".".join(map(str, first["loc"][1:])) or None


def error_response(scope: Scope, error: Exception, headers: Mapping[str, str] | None = None) -> JsonResponse:
    """The answer in the dialect of the request's route."""
    dialect = dialect_of(scope)
    fault = fault_of(error, dialect)
    return JsonResponse(dict(dialect.say(fault)), dialect.status(fault), dict(headers) if headers else None)


async def on_validation(request: HTTPConnection, error: Exception) -> Response:
    """Answer a body or query that its schema refuses."""
    return error_response(request.scope, error)


async def on_sdapi_error(request: HTTPConnection, error: Exception) -> Response:
    """Answer an error of the engine or of our own checks; 5xx are logged."""
    assert isinstance(error, SdapiError)
    if error.status >= 500:
        log.error("%s %s: %s", request.scope.get("method"), request.url.path, error.message)
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooManyJobs) else None
    return error_response(request.scope, error, headers)


async def on_http_error(request: HTTPConnection, error: Exception) -> Response:
    """Answer errors that handlers raise, and those of the router."""
    assert isinstance(error, RouterException)
    headers = dict(error.headers) if error.headers else None
    if error.status_code == 405:
        headers = _allowed(request, headers or {})
    return error_response(request.scope, error, headers)


def methods_by_path(routes: Iterable[BaseRoute]) -> dict[str, frozenset[str]]:
    """Every method of a path, which may have a route for each."""
    found: dict[str, frozenset[str]] = {}
    for route in routes:
        if isinstance(route, Route):
            found[route.path] = found.get(route.path, frozenset()) | (route.methods or set())
    return found


def _allowed(request: HTTPConnection, headers: dict[str, str]) -> dict[str, str]:
    """The headers of a 405 with every method that the path has: the router names those of one route."""
    methods: Mapping[str, frozenset[str]] = request.app.state.methods
    path = getattr(request.scope.get("route"), "path", "")
    return {**headers, "Allow": ", ".join(sorted(methods[path]))} if path in methods else headers


def install_handlers(app: FastAPI) -> None:
    """Map the hierarchy to HTTP, in this one place."""
    for kind, handler in (
        (RequestValidationError, on_validation),
        (SdapiError, on_sdapi_error),
        (RouterException, on_http_error),
    ):
        app.add_exception_handler(kind, handler)


class UnhandledErrors:
    """Innermost middleware: an unforeseen exception becomes a logged 500 in the dialect's shape."""

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
            await error_response(scope, error)(scope, receive, send)
