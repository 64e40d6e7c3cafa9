"""API keys beside A1111's basic auth: a small file of keys with roles and limits.

The file is JSON: ``{"keys": [{"name": "bot", "sha256": "<hex of the key's SHA-256>", "role": "user",
"per_minute": 60, "concurrent": 4}]}``. A key is sent as ``Authorization: Bearer KEY`` or ``X-API-Key: KEY``.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from sdapi.http.errors import error_body
from sdapi.http.responses import JsonResponse

MINUTE = 60.0
PROBES = frozenset({"/health/live", "/health/ready"})


class Role(StrEnum):
    """What a key may do; each may do what those before it may."""

    READER = "reader"
    """Read: GET and HEAD."""
    USER = "user"
    """Make pictures and act on jobs."""
    ADMIN = "admin"
    """Change options, load and unload, stop the server."""


USER_PATHS = (
    "/sdapi/v1/txt2img",
    "/sdapi/v1/img2img",
    "/sdapi/v1/extra-",
    "/sdapi/v1/png-info",
    "/sdapi/v1/interrogate",
    "/sdapi/v1/interrupt",
    "/sdapi/v1/skip",
    "/sdapi/v1/jobs/",
    "/internal/progress",
    "/controlnet/",
)
"""What a user may POST to or DELETE; the rest is for admins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key, known by its hash. ``per_minute`` and ``concurrent`` limit requests that change something."""

    name: str
    sha256: str
    role: Role = Role.USER
    per_minute: int | None = None
    concurrent: int | None = None


def read_keys(path: Path) -> tuple[Key, ...]:
    """Keys of a file. Raises ValueError that says which entry is wrong and shows no key."""
    found: Any = json.loads(path.read_text(encoding="utf-8"))
    entries = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(entries, list) or not entries:
        raise ValueError(f'{path}: an object with a list "keys" is expected')
    keys = tuple(_key(entry, f"{path}: entry {number}") for number, entry in enumerate(entries, 1))
    if len({key.name for key in keys}) < len(keys):
        raise ValueError(f"{path}: two keys have the same name")
    return keys


def _key(entry: Any, where: str) -> Key:
    try:
        values: dict[str, Any] = {**entry, "role": Role(entry.get("role", Role.USER))}
        key = Key(**values)
        good = len(bytes.fromhex(key.sha256)) == 32 and bool(key.name)
        good = good and all(limit is None or limit > 0 for limit in (key.per_minute, key.concurrent))
    except (TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{where} is not a key: {error}") from error
    if not good:
        raise ValueError(f"{where} needs a name, the 64 digits of a SHA-256, and limits above 0")
    return key


def role_needed(method: str, path: str) -> Role:
    """The least role that may make this request."""
    if method in ("GET", "HEAD", "OPTIONS"):
        return Role.READER
    return Role.USER if path.startswith(USER_PATHS) else Role.ADMIN


@dataclass(slots=True)
class Usage:
    """What a key did lately."""

    times: deque[float] = field(default_factory=deque[float])
    running: int = 0

    def wait(self, key: Key, now: float) -> float:
        """Seconds until the key may act again; 0 if now."""
        while self.times and self.times[0] <= now - MINUTE:
            self.times.popleft()
        if key.concurrent is not None and self.running >= key.concurrent:
            return 1.0
        if key.per_minute is not None and len(self.times) >= key.per_minute:
            return self.times[0] + MINUTE - now
        return 0.0


class KeyAuth:
    """Middleware: a request with a key passes within its limits; one without goes to ``fallback``, if any.

    ``fallback`` is the same application behind basic auth.
    """

    def __init__(
        self,
        app: ASGIApp,
        keys: Sequence[Key],
        fallback: Callable[[ASGIApp], ASGIApp] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = app
        self.keys = keys
        self.fallback = fallback(app) if fallback else None
        self.clock = clock
        self.usage = {key.name: Usage() for key in keys}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one request."""
        if scope["type"] == "lifespan" or route_of(scope) in PROBES:
            await self.app(scope, receive, send)
            return
        text = sent_key(Headers(scope=scope))
        key = None if text is None else self.find(text)
        if text is None and self.fallback is not None:
            await self.fallback(scope, receive, send)
        elif scope["type"] == "websocket":
            close = {"type": "websocket.close", "code": 1008}
            await (self.app(scope, receive, send) if key else send(close))
        elif key is None:
            why = "Invalid API key" if text else "Not authenticated"
            await _refuse(401, why, {"WWW-Authenticate": "Bearer"})(scope, receive, send)
        elif _rank(key.role) < _rank(role_needed(scope["method"], route_of(scope))):
            await _refuse(403, f"the key's role {key.role} may not do this")(scope, receive, send)
        else:
            await self._admit(key, scope, receive, send)

    async def _admit(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        scope = {**scope, "sdapi.client": f"key:{key.name}"}
        if role_needed(scope["method"], route_of(scope)) is Role.READER:
            await self.app(scope, receive, send)
            return
        usage, now = self.usage[key.name], self.clock()
        wait = usage.wait(key, now)
        if wait > 0:
            headers = {"Retry-After": str(max(1, round(wait + 0.5)))}
            await _refuse(429, "the key's limit is reached", headers)(scope, receive, send)
            return
        usage.times.append(now)
        usage.running += 1
        try:
            await self.app(scope, receive, send)
        finally:
            usage.running -= 1

    def find(self, text: str) -> Key | None:
        """The key of this text; every key is compared, so that timing tells nothing."""
        digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
        found = [key for key in self.keys if hmac.compare_digest(key.sha256.lower(), digest)]
        return found[0] if found else None


def sent_key(headers: Headers) -> str | None:
    """The key that a request carries."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    return headers.get("x-api-key")


def route_of(scope: Scope) -> str:
    """The path below the server's own prefix."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", ""))


def _rank(role: Role) -> int:
    return list(Role).index(role)


def _refuse(status: int, detail: str, headers: dict[str, str] | None = None) -> JsonResponse:
    return JsonResponse(error_body("HTTPException", detail=detail), status, headers)
