"""Keep pages of other sites out, by the headers in which a browser names a request's origin.

Programs send neither ``Origin`` nor ``Sec-Fetch-Site``, and pass. Pages can't leave these headers out.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from sdapi.http.access.cors import Cors
from sdapi.http.access.hosts import HostPolicy, is_same
from sdapi.http.errors import ApiError, error_response

ELSEWHERE = frozenset({"cross-site", "same-site"})


class SameSite:
    """Middleware: 403 for foreign hosts, and for foreign origins unless CORS allows them."""

    def __init__(self, app: ASGIApp, *, hosts: HostPolicy, cors: Cors) -> None:
        self.app = app
        self.hosts = hosts
        self.origins = frozenset(cors.origins)
        self.regex = re.compile(cors.regex) if cors.regex else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request that is not refused."""
        why = None if scope["type"] == "lifespan" else self.refusal(scope)
        if why is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": why})
        else:
            await error_response(scope, ApiError(403, why))(scope, receive, send)

    def refusal(self, scope: Scope) -> str | None:
        """The reason to refuse a request; None lets it pass."""
        headers = Headers(scope=scope)
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "").lower()
        host = headers.get("host")
        stranger = bool(origin or site) and not (origin and self.is_allowed(origin))
        if not self.hosts.answers_to(host, from_page=stranger):
            return f"this server does not answer to the host {host!a}: see --allowed-hosts"
        if origin is None and site in ELSEWHERE and not _is_visit(scope, headers):
            origin = origin_of(headers.get("referer", ""))
        secure = scope["scheme"] in ("https", "wss")
        if origin is None or is_same(origin, host, secure=secure) or self.is_allowed(origin):
            return None
        return f"pages of {origin!a} may not call this server: see --cors-allow-origins"

    def is_allowed(self, origin: str) -> bool:
        """True if CORS allows an origin."""
        if "*" in self.origins or origin in self.origins:
            return True
        return self.regex is not None and self.regex.fullmatch(origin) is not None


def _is_visit(scope: Scope, headers: Headers) -> bool:
    """True if somebody follows a link to this server: the page with the link sees nothing of the answer."""
    return (
        scope.get("method") in ("GET", "HEAD")
        and headers.get("sec-fetch-mode", "").lower() == "navigate"
        and headers.get("sec-fetch-dest", "").lower() == "document"
    )


def origin_of(address: str) -> str:
    """The origin of a page's address; `null` without one."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "null"
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else "null"
