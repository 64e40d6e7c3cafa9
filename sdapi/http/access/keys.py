"""API keys in addition to A1111's basic auth: a small file of keys with roles and limits.

The file is JSON: ``{"keys": [{"name": "bot", "sha256": "<hex of the key's SHA-256>", "role": "user",
"per_minute": 60, "concurrent": 4}]}``. A key is sent as ``Authorization: Bearer KEY`` or ``X-API-Key: KEY``.
The owner of a key sees and touches only the key's own jobs and pictures, unless the key is an admin's.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from pipelines.contract.errors import TooManyJobs
from sdapi.http.access.quota import QUOTA_KEY, Quota
from sdapi.http.caller import SCOPE_KEY, Caller, Role
from sdapi.http.declared import Entry, entry_of
from sdapi.http.errors import ApiError, error_response
from sdapi.http.paths import is_open


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key, known by its hash.

    ``per_minute`` limits requests that make something; ``concurrent`` those that are answered at once, and
    the jobs that wait or run.
    """

    name: str
    sha256: str
    role: Role = Role.USER
    per_minute: int | None = None
    concurrent: int | None = None

    @property
    def caller(self) -> Caller:
        """The caller of a request that carries this key."""
        return Caller(name=self.name, role=self.role, concurrent=self.concurrent)


def read_keys(path: Path) -> tuple[Key, ...]:
    """Read the keys of a file. Raises ValueError that names the wrong entry and shows no key."""
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


class KeyAuth:
    """Middleware: a request with a key passes within its limits; one without goes to ``fallback``, if any.

    ``fallback`` is the same application behind basic auth. A request that a ticket admitted passes.
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
        self.quotas = {
            key.name: Quota(per_minute=key.per_minute, concurrent=key.concurrent, clock=clock) for key in keys
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check one request or WebSocket."""
        if is_open(scope) or SCOPE_KEY in scope:
            await self.app(scope, receive, send)
            return
        text = sent_key(Headers(scope=scope))
        key = None if text is None else self.find(text)
        if text is None and self.fallback is not None:
            await self.fallback(scope, receive, send)
        elif key is None:
            why = "Invalid API key" if text else "Not authenticated"
            await refuse(scope, receive, send, 401, why, {"WWW-Authenticate": "Bearer"})
        elif not key.role.covers((entry := entry_of(scope)).role):
            await refuse(scope, receive, send, 403, f"the key's role {key.role} may not do this")
        else:
            await self._admit(key, entry, scope, receive, send)

    async def _admit(self, key: Key, entry: Entry, scope: Scope, receive: Receive, send: Send) -> None:
        quota = self.quotas[key.name]
        scope = {**scope, SCOPE_KEY: key.caller, QUOTA_KEY: quota}
        if not entry.costs:
            await self.app(scope, receive, send)
            return
        try:
            quota.enter()
        except TooManyJobs as error:
            headers = {"Retry-After": str(error.retry_after)}
            await refuse(scope, receive, send, 429, error.message, headers)
            return
        try:
            await self.app(scope, receive, send)
        finally:
            quota.leave()

    def find(self, text: str) -> Key | None:
        """The key of this text; every key is compared, so that timing reveals nothing."""
        digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
        found = [key for key in self.keys if hmac.compare_digest(key.sha256.lower(), digest)]
        return found[0] if found else None


def sent_key(headers: Headers) -> str | None:
    """The key that a request carries, as bearer token or in ``X-API-Key``; None without one."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    return headers.get("x-api-key")


async def refuse(
    scope: Scope, receive: Receive, send: Send, status: int, why: str, headers: dict[str, str] | None = None
) -> None:
    """Answer in place of the application: an error, or a WebSocket closed with code 1008."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": why})
    else:
        await error_response(scope, ApiError(status, why), headers)(scope, receive, send)
