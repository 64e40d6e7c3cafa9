"""What a client wishes for its job beside the picture: not to wait, a priority, a webhook.

They come in headers, the query, or body fields that A1111 doesn't know, and hold for every route that
queues a job; so they travel beside the route, in a context variable.
"""

from __future__ import annotations

import hashlib
import json
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.contract.errors import InvalidRequest

BODY_FIELDS = frozenset({"webhook", "priority", "keep_alive"})
"""Fields of ours in A1111's bodies."""
PRIORITIES = range(-100, 101)
TRUE, FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})
JOB_HEADER = "X-Job-Id"


@dataclass(slots=True, kw_only=True)
class Wishes:
    """Wishes of one request; ``job_id`` is told back once the job has one."""

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
    _chunks: list[bytes] = field(default_factory=list[bytes])

    @property
    def fingerprint(self) -> str | None:
        """Stands for path and body, so that the same request is known again; None without a body."""
        digest = self._digest.copy()
        digest.update(self.path.encode("utf-8", "surrogatepass"))
        return digest.hexdigest() if self._chunks else None

    def read(self, chunk: bytes) -> None:
        """Take note of a piece of the body."""
        if chunk:
            self._digest.update(chunk)
            self._chunks.append(chunk)

    def read_fields(self) -> None:
        """Find our fields once the whole body is here; parsing it again is done only if they are in it.

        Raises InvalidRequest for a header or parameter that can't be read.
        """
        if self.unclear:
            raise InvalidRequest("must be true or false", field=self.unclear)
        if not any(f'"{name}"'.encode() in chunk for name in BODY_FIELDS for chunk in self._chunks):
            return
        try:
            body: object = json.loads(b"".join(self._chunks))
        except ValueError:
            return
        if isinstance(body, dict):
            self.webhook = body.get("webhook")
            self.priority = self.priority if body.get("priority") in (None, "") else body["priority"]
            self.keep_alive = body.get("keep_alive")


_current: ContextVar[Wishes] = ContextVar("wishes")


def current_wishes() -> Wishes:
    """The wishes of the request that is being answered; none outside of one."""
    return _current.get(Wishes())


class JobWishes:
    """Middleware that reads wishes, and puts the id of the job into the answer's headers."""

    def __init__(self, app: ASGIApp, *, end_with_connection: bool = False) -> None:
        self.app = app
        self.end_with_connection = end_with_connection

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request with its wishes in reach."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        wishes = read_wishes(scope, end_with_connection=self.end_with_connection)
        wishes.receive = receive

        async def note() -> Message:
            message = await receive()
            wishes.read(message.get("body", b""))
            return message

        async def name(message: Message) -> None:
            if message["type"] == "http.response.start" and wishes.job_id:
                MutableHeaders(scope=message)[JOB_HEADER] = quote(wishes.job_id, safe="()-_.~ ")
            await send(message)

        token = _current.set(wishes)
        try:
            await self.app(scope, note, name)
        finally:
            _current.reset(token)


def read_wishes(scope: Scope, *, end_with_connection: bool) -> Wishes:
    """Wishes of headers and query."""
    headers, query = Headers(scope=scope), QueryParams(scope["query_string"])
    preferred = {word.strip().lower() for word in headers.get("prefer", "").split(",")}
    end, at_once = headers.get("x-cancel-on-disconnect"), query.get("async")
    unclear = {"X-Cancel-On-Disconnect": end, "async": at_once}
    return Wishes(
        path=scope["path"],
        asynchronous=_is_true(at_once) or "respond-async" in preferred,
        ends_with_connection=end_with_connection if end is None else _is_true(end),
        client=str(scope.get("sdapi.client") or (scope.get("client") or ("",))[0]),
        priority=headers.get("x-priority") or 0,
        unclear=next((name for name, text in unclear.items() if not _is_clear(text)), ""),
    )


def _is_true(text: str | None) -> bool:
    return _word(text) in TRUE


def _is_clear(text: str | None) -> bool:
    return text is None or _word(text) in TRUE | FALSE


def _word(text: str | None) -> str:
    return (text or "").strip().lower()
