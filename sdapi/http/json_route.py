"""Routes that read their body as JSON, whatever its content type."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

KIND = b"content-type"
JSON = (KIND, b"application/json")


class JsonRoute(APIRoute):
    """For ``APIRouter(route_class=JsonRoute)``: some clients send JSON as text, or without a type."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The usual handler, with the content type set right."""
        handle = super().get_route_handler()

        async def read_as_json(request: Request) -> Response:
            return await handle(Request(as_json(request.scope), request.receive))

        return read_as_json


def as_json(scope: Scope) -> Scope:
    """The scope of a request whose body is JSON."""
    others = [header for header in scope["headers"] if header[0] != KIND]
    return {**scope, "headers": [*others, JSON]}
