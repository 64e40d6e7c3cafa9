"""Middleware around the routes: time header and log line, body limit, slashes at the end of paths."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sdapi.http.declared import door_of
from sdapi.http.errors import ApiError, error_response
from sdapi.http.limits import Limits


class TimingMiddleware:
    """``X-Process-Time`` on every answer; ``log`` gets a line per ``/sdapi`` request (``--api-log``)."""

    def __init__(self, app: ASGIApp, log: Callable[[str], None] | None = None) -> None:
        self.app = app
        self.log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Time one request up to its first byte."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()

        async def timed(message: Message) -> None:
            if message["type"] == "http.response.start":
                duration = str(round(time.perf_counter() - started, 4))
                MutableHeaders(scope=message)["X-Process-Time"] = duration
                self._write(scope, message["status"], duration)
            await send(message)

        await self.app(scope, receive, timed)

    def _write(self, scope: Scope, status: int, duration: str) -> None:
        if self.log and scope["path"].startswith("/sdapi"):
            self.log(log_line(scope, status, duration))


def log_line(scope: Scope, status: int, duration: str) -> str:
    """``API <time> <status> http/1.1 POST /sdapi/v1/txt2img 127.0.0.1 <seconds>``."""
    now = datetime.now().strftime("%Y-%m-%d %H:%M:%S.%f")
    protocol = f"{scope['scheme']}/{scope['http_version']}"
    client = (scope.get("client") or ("-",))[0]
    return f"API {now} {status} {protocol} {scope['method']} {scope['path']} {client} {duration}"


def print_line(line: str) -> None:
    """Write a line to standard output at once; control characters in paths are escaped."""
    safe = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in line)
    sys.stdout.write(safe + "\n")
    sys.stdout.flush()


class PlainPaths:
    """A slash at the end of a path means the same route, without a redirect; so may another letter case."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take the slash off, and spell the path as its route does."""
        path: str = scope.get("path", "")
        if scope["type"] == "http" and len(path) > 1 and path.endswith("/") and not path.startswith("/file="):
            plain = path.rstrip("/")
            scope = {**scope, "path": f"{plain}/" if plain == scope.get("root_path", "") else plain}
        if scope["type"] != "lifespan" and (spelled := door_of(scope).spelled(scope)) != scope["path"]:
            scope = {**scope, "path": spelled}
        await self.app(scope, receive, send)


class BodyLimit:
    """Bounds what bodies take: each by bytes and by values in it, and all together that are held at once.

    413 for one that is too large, whether announced or not; 503 while others take up the room.
    """

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self.app = app
        self.limits = limits
        self.held = 0
        """Bytes of the bodies whose requests are being answered."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the bytes and values of one body as it arrives."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if announced_length(scope) > self.limits.body_bytes:
            await error_response(scope, ApiError(413, self._too_large()))(scope, receive, send)
            return
        size = values = 0

        async def count() -> Message:
            nonlocal size, values
            message = await receive()
            chunk: bytes = message.get("body", b"")
            size, self.held = size + len(chunk), self.held + len(chunk)
            values += sum(map(chunk.count, (b",", b"[", b"{")))
            self._check(size, values)
            return message

        try:
            await self.app(scope, count, send)
        finally:
            self.held -= size

    def _check(self, size: int, values: int) -> None:
        if size > self.limits.body_bytes:
            raise ApiError(413, self._too_large())
        if values > self.limits.body_values:
            raise ApiError(413, f"the request body has more than {self.limits.body_values} values")
        if self.held > self.limits.bodies_bytes:
            text = f"other requests take up the {self.limits.bodies_bytes} bytes (see --max-bodies-bytes)"
            raise ApiError(503, text, headers={"Retry-After": "1"})

    def _too_large(self) -> str:
        return f"the request body is larger than {self.limits.body_bytes} bytes (see --max-body-bytes)"


def announced_length(scope: Scope) -> int:
    """The Content-Length header in bytes; 0 when it is absent or not a number."""
    value = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
    return int(value) if value.isdigit() else 0
