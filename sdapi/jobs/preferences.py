"""Wishes of a client for its job, whatever the job is: not to wait, a priority, a webhook.

They come in headers, the query, or body fields that A1111 doesn't know, and hold for every route that
queues a job; so they reach the queue past the route, in a context variable.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.requests import HTTPConnection, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.contract.errors import InvalidRequest
from pipelines.jobs.sender import PERSON
from sdapi.http.access.quota import QUOTA_KEY, Quota
from sdapi.http.answers import JOB_HEADER
from sdapi.http.caller import caller_of

BODY_FIELDS = frozenset({"webhook", "priority", "keep_alive", "async"})
"""Fields of ours in A1111's bodies."""
FORMS = ("multipart/", "application/x-www-form-urlencoded")
PRIORITIES = range(-100, 101)
TRUE, FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})


@dataclass(slots=True, kw_only=True)
class Preferences:
    """Preferences of one request; ``job_id`` is set once the job has one."""

    path: str = ""
    asynchronous: bool = False
    ends_with_connection: bool = False
    client: str = ""
    priority: object = 0
    webhook: object = None
    keep_alive: object = None
    unclear: str = ""
    """The header or parameter that should be true or false and is neither."""
    job_id: str = ""
    receive: Receive | None = None
    _digest: Any = field(default_factory=hashlib.sha256)
    _has_body: bool = False

    @property
    def fingerprint(self) -> str | None:
        """A digest of path and body, by which the same request is recognised; None without a body."""
        digest = self._digest.copy()
        digest.update(self.path.encode("utf-8", "surrogatepass"))
        return digest.hexdigest() if self._has_body else None

    def pass_by(self, chunk: bytes) -> None:
        """Add a piece of the body to the digest, on its way to the route."""
        if chunk:
            self._digest.update(chunk)
            self._has_body = True

    def take(self, body: object) -> None:
        """Take the preferences of a parsed body; null leaves one as it is. Raises InvalidRequest."""
        if not isinstance(body, Mapping):
            return
        found: dict[str, Any] = {name: body[name] for name in BODY_FIELDS if body.get(name) is not None}
        self.webhook = found.get("webhook", self.webhook)
        self.priority = self.priority if found.get("priority", "") == "" else found["priority"]
        self.keep_alive = found.get("keep_alive", self.keep_alive)
        if "async" in found:
            self.asynchronous = _truth(found["async"], "async")

    def check(self) -> None:
        """Raise InvalidRequest for a header or parameter that can't be read."""
        if self.unclear:
            raise InvalidRequest("must be true or false", field=self.unclear)


_current: ContextVar[Preferences] = ContextVar("preferences")


def current_preferences() -> Preferences:
    """The preferences of the request that is being answered; the defaults outside of one."""
    return _current.get(Preferences())


@contextmanager
def holding_preferences(preferences: Preferences) -> Generator[Preferences]:
    """Hold these preferences for every job that is queued inside."""
    token = _current.set(preferences)
    try:
        yield preferences
    finally:
        _current.reset(token)


@contextmanager
def message_preferences(scope: Scope, message: object) -> Generator[Preferences]:
    """Hold the preferences of one message on a WebSocket, which counts as a request of its key.

    Raises TooManyJobs beyond the key's limits, and InvalidRequest for a preference that makes no sense.
    """
    quota = scope.get(QUOTA_KEY)
    if isinstance(quota, Quota):
        quota.spend()
    with holding_preferences(read_preferences(scope, end_with_connection=False)) as preferences:
        preferences.take(message)
        yield preferences


async def take_preferences(connection: HTTPConnection) -> None:
    """Dependency of every route: read our fields from the body that the route has parsed.

    Starlette keeps what it has parsed, so nothing is parsed twice; a route without a body has no fields, and
    neither has a form, which is read as it comes.
    """
    route = connection.scope.get("route")
    if connection.headers.get("content-type", "").startswith(FORMS):
        return
    if isinstance(connection, Request) and getattr(route, "body_field", None) is not None:
        try:
            body = await connection.json()
        except (ValueError, RecursionError):
            return  # not JSON: the route refuses it, or reads it as something else
        current_preferences().take(body)


class JobPreferences:
    """Middleware that reads preferences, and puts the id of the job into the answer's headers."""

    def __init__(self, app: ASGIApp, *, end_with_connection: bool = False) -> None:
        self.app = app
        self.end_with_connection = end_with_connection

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request with its preferences in reach."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        preferences = read_preferences(scope, end_with_connection=self.end_with_connection)
        preferences.receive = receive

        async def note() -> Message:
            message = await receive()
            preferences.pass_by(message.get("body", b""))
            return message

        async def name(message: Message) -> None:
            if message["type"] == "http.response.start" and preferences.job_id:
                MutableHeaders(scope=message)[JOB_HEADER] = quote(preferences.job_id, safe="()-_.~ ")
            await send(message)

        with holding_preferences(preferences):
            await self.app(scope, note, name)


def read_preferences(scope: Scope, *, end_with_connection: bool) -> Preferences:
    """Preferences of headers and query."""
    headers, query = Headers(scope=scope), QueryParams(scope["query_string"])
    preferred = {word.strip().lower() for word in headers.get("prefer", "").split(",")}
    end, at_once = headers.get("x-cancel-on-disconnect"), query.get("async")
    unclear = {"X-Cancel-On-Disconnect": end, "async": at_once}
    return Preferences(
        path=scope["path"],
        asynchronous=_is_true(at_once) or "respond-async" in preferred,
        ends_with_connection=end_with_connection if end is None else _is_true(end),
        client=caller_of(scope).client or _address(scope),
        priority=headers.get("x-priority") or 0,
        unclear=next((name for name, text in unclear.items() if not _is_clear(text)), ""),
    )


def _address(scope: Scope) -> str:
    """The client's address; a proxy may name anything, but nothing that looks like a key's owner."""
    return str((scope.get("client") or ("",))[0]).removeprefix(PERSON)


def _is_true(text: str | None) -> bool:
    return _word(text) in TRUE


def _is_clear(text: str | None) -> bool:
    return text is None or _word(text) in TRUE | FALSE


def _word(text: str | None) -> str:
    return (text or "").strip().lower()


def _truth(value: object, field: str) -> bool:
    if isinstance(value, bool):
        return value
    if _is_clear(str(value)):
        return _is_true(str(value))
    raise InvalidRequest("must be true or false", field=field)
