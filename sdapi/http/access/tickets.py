"""Short-lived tickets in the query, for browsers' EventSource and pictures, which can't send a key.

A ticket admits its caller to what one job shows, and to nothing else. It is signed with a secret of this
process, so no list of tickets is kept, and a restart ends them all.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.datastructures import QueryParams
from starlette.types import ASGIApp, Receive, Scope, Send

from sdapi.http.caller import SCOPE_KEY, Caller, Role
from sdapi.http.paths import route_of

LIFETIME = 600.0
"""Seconds that a ticket holds."""
VIEWS = ("", "/events", "/result")
"""Endings of a job's paths that a ticket opens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tickets:
    """Writes and reads tickets."""

    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    clock: Callable[[], float] = time.time

    def issue(self, caller: Caller, job_id: str) -> tuple[str, float]:
        """A ticket to one job, and when it ends in seconds since the epoch."""
        ends = self.clock() + LIFETIME
        text = json.dumps([caller.name, caller.role, job_id, ends]).encode()
        return f"{_encode(text)}.{_encode(self._sign(text))}", ends

    def caller(self, ticket: str, path: str) -> Caller | None:
        """The caller that a ticket admits to a path; None for a forged or old ticket, or another job's."""
        try:
            text, signature = map(_decode, ticket.split("."))
            if not hmac.compare_digest(signature, self._sign(text)):
                return None
            name, role, job_id, ends = json.loads(text)
        except ValueError:
            return None
        shown = {f"/sdapi/v1/jobs/{job_id}{view}" for view in VIEWS}
        if self.clock() >= ends or path not in shown:
            return None
        return Caller(name=name, role=Role(role))

    def _sign(self, text: bytes) -> bytes:
        return hmac.new(self.secret, text, hashlib.sha256).digest()


class TicketAuth:
    """Middleware before the other kinds of admission: a GET with a valid ticket is its caller's."""

    def __init__(self, app: ASGIApp, tickets: Tickets) -> None:
        self.app = app
        self.tickets = tickets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Admit one request if its query has a valid ticket; all others go on as they are."""
        if scope["type"] == "http" and scope["method"] == "GET":
            ticket = QueryParams(scope["query_string"]).get("ticket")
            caller = self.tickets.caller(ticket, route_of(scope)) if ticket else None
            if caller is not None:
                scope = {**scope, SCOPE_KEY: caller}
        await self.app(scope, receive, send)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
