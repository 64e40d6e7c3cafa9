"""HTTP Basic on every route but the probes when ``--api-auth`` names users."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from sdapi.http.caller import SCOPE_KEY
from sdapi.http.errors import ApiError, error_response
from sdapi.http.paths import is_open


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user of ``--api-auth``; the password is kept out of its ``repr``."""

    name: str
    password: str

    def __repr__(self) -> str:
        return f"User(name={self.name!r})"


def read_users(text: str | None) -> tuple[User, ...]:
    """Users of ``name:password,name:password``, or of a file with one such list per line (``@path``).

    Raises ValueError, which shows no password, when an entry isn't of that form.
    """
    if not text:
        return ()
    if text.startswith("@"):
        text = ",".join(Path(text[1:]).read_text(encoding="utf-8").splitlines())
    return tuple(_user(entry.strip(), k) for k, entry in enumerate(text.split(",")) if entry.strip())


def _user(entry: str, position: int) -> User:
    parts = entry.split(":")
    if len(parts) != 2:
        raise ValueError(f"--api-auth: entry {position + 1} is not of the form name:password")
    return User(name=parts[0], password=parts[1])


def refusal(header: str | None, users: tuple[User, ...]) -> str | None:
    """The reason to refuse a request with this Authorization header, None lets it pass."""
    scheme, _, value = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return "Not authenticated"
    try:
        name, colon, password = base64.b64decode(value).decode("ascii").partition(":")
    except (ValueError, binascii.Error):
        return "Invalid authentication credentials"
    if not colon:
        return "Invalid authentication credentials"
    return None if _known(name, password, users) else "Incorrect username or password"


def _known(name: str, password: str, users: tuple[User, ...]) -> bool:
    """Compare with every user in constant time, so that timing reveals nothing."""
    matches = [
        hmac.compare_digest(user.name.encode(), name.encode())
        & hmac.compare_digest(user.password.encode(), password.encode())
        for user in users
    ]
    return any(matches)


class BasicAuth:
    """Middleware that answers 401 unless the credentials are right."""

    def __init__(self, app: ASGIApp, users: tuple[User, ...]) -> None:
        self.app = app
        self.users = users

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on requests of known users, those that a ticket admitted, and probes."""
        passes = is_open(scope) or SCOPE_KEY in scope
        why = None if passes else refusal(Headers(scope=scope).get("authorization"), self.users)
        if why is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            headers = {"WWW-Authenticate": "Basic"}
            await error_response(scope, ApiError(401, why), headers)(scope, receive, send)
