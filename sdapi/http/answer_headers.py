"""Headers that keep browsers from making more of an answer than it is."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""A page loads only its own files, connects only to this server, and is shown in no frame."""
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""Nothing runs in an answer that isn't a page, even if a browser takes it for one."""


class AnswerHeaders:
    """Middleware: browsers believe the type of an answer, and run nothing of others in pages and files.

    ``shared``: pages of other sites that CORS allows may show pictures of this server.
    """

    def __init__(self, app: ASGIApp, *, shared: bool) -> None:
        self.app = app
        self.resource = "cross-origin" if shared else "same-origin"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to the answer of one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, guarded)

    def _add(self, headers: MutableHeaders) -> None:
        page = headers.get("content-type", "").startswith("text/html")
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Cross-Origin-Resource-Policy"] = self.resource
        headers.setdefault("Content-Security-Policy", PAGE_POLICY if page else FILE_POLICY)
