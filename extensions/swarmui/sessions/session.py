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
"""The user where nobody has a key of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SwarmSession:
    """Who asks: the session, and the state as its caller may reach it."""

    id: str
    state: State

    @property
    def user(self) -> str:
        """The folder of the caller's pictures, and what is kept under its name."""
        return user_of(self.state)

    @property
    def turn(self) -> str:
        """What stands for the session in the queue; it gives the session away to nobody."""
        return f"swarm:{hashlib.sha256(self.id.encode()).hexdigest()[:16]}"

    @property
    def folder(self) -> Path:
        """Where the caller's pictures are."""
        return self.server.pictures / self.user

    @property
    def server(self) -> SwarmServer:
        """What the dialect keeps."""
        return server_of(self.state)


def user_of(state: State) -> str:
    """The user that a caller is."""
    return state.caller.folder or LOCAL


def find_session(session_id: object, state: State) -> SwarmSession:
    """The session of an id. Raises SwarmError."""
    if not isinstance(session_id, str):
        raise no_session()
    if not server_of(state).sessions.knows(session_id, state.caller.client):
        raise bad_session()
    return SwarmSession(id=session_id.upper(), state=state)


async def session_of(request: Request, state: StateOf) -> SwarmSession:
    """Dependency of every route that needs a session: in a header, the body, or the query."""
    body = await _body(request)
    named = request.headers.get("x-session-id")
    return find_session(named or body.get("session_id", request.query_params.get("session_id")), state)


SessionOf: TypeAlias = Annotated[SwarmSession, Depends(session_of)]


async def _body(request: Request) -> Mapping[str, Any]:
    """The body as an object; FastAPI has read it before, or nobody has. Raises SwarmError."""
    if request.method == "GET" or not await request.body():
        return {}
    try:
        body: Any = await request.json()
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise SwarmError("basic_api", "Error occurred: the body is no JSON object")
    return body  # pyright: ignore[reportUnknownVariableType]
