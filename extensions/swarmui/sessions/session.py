"""The session that a request names, found before anything else of it is read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from fastapi import Depends
from starlette.requests import Request

from extensions.swarmui.sessions.server import SwarmServer, server_of
from extensions.swarmui.words.errors import SwarmError, bad_session, no_session
from sdapi.plugin import State, StateOf

LOCAL = "local"
"""The user name of callers without a key of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwarmSession:
    """A session, and the application's state within its caller's reach."""

    id: str
    state: State

    @property
    def user(self) -> str:
        """The caller's user name, under which its pictures, presets and settings are kept."""
        return user_of(self.state)

    @property
    def turn(self) -> str:
        """The session's name in the queue's turns, from which its id can't be read."""
        return f"swarm:{hashlib.sha256(self.id.encode()).hexdigest()[:16]}"

    @property
    def folder(self) -> Path:
        """The folder of the caller's pictures."""
        return self.server.pictures / self.user

    @property
    def server(self) -> SwarmServer:
        """The dialect's state in this application."""
        return server_of(self.state)


def user_of(state: State) -> str:
    """Return the caller's user name."""
    return state.caller.folder or LOCAL


def find_session(session_id: object, state: State) -> SwarmSession:
    """Return the session of an id. Raises SwarmError."""
    if not isinstance(session_id, str):
        raise no_session()
    if not server_of(state).sessions.knows(session_id, state.caller.client):
        raise bad_session()
    return SwarmSession(id=session_id.upper(), state=state)


async def session_of(request: Request, state: StateOf) -> SwarmSession:
    """Find the session that a header, the body or the query names: a dependency of routes."""
    body = await _body(request)
    named = request.headers.get("x-session-id")
    return find_session(named or body.get("session_id", request.query_params.get("session_id")), state)


SessionOf: TypeAlias = Annotated[SwarmSession, Depends(session_of)]


async def _body(request: Request) -> Mapping[str, Any]:
    """Return the body as an object, empty for GET and without a body. Raises SwarmError."""
    if request.method == "GET" or not await request.body():
        return {}
    try:
        body: Any = await request.json()
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise SwarmError("basic_api", "Error occurred: the body is no JSON object")
    return body  # pyright: ignore[reportUnknownVariableType]
