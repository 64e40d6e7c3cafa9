"""Answers to unknown routes below /API/, and to known ones asked the wrong way: always JSON."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from extensions.swarmui.words.errors import SWARM, SwarmError
from sdapi.plugin import READS, Conversation, StateOf, error_frame, speaks


def unknown_routes(routers: list[APIRouter]) -> APIRouter:
    """Make the last router, which answers every name that those before it don't have."""
    routes = [route for router in routers for route in router.routes]
    plain = {r.path for r in routes if isinstance(r, APIRoute)}
    live = {r.path for r in routes if isinstance(r, APIWebSocketRoute)}
    router = APIRouter(prefix="/API", dependencies=[speaks(SWARM), READS], include_in_schema=False)

    @router.api_route("/{name}", methods=["GET", "POST", "PUT", "DELETE", "PATCH"])
    async def unknown(name: str, request: Request) -> Response:
        """Refuse an unknown route, a WebSocket, or a wrong method."""
        if request.url.path in live or f"/API/{name}" in live:
            raise SwarmError("bad_request_method", "This route is a WebSocket")
        if f"/API/{name}" in plain:
            status = 400 if request.method == "GET" else 405
            raise SwarmError("basic_api", "Error occurred: this route is asked by POST", status)
        raise SwarmError("bad_route", "Unknown API route")

    @router.websocket("/{name}")
    async def unknown_live(name: str, socket: WebSocket, state: StateOf) -> None:
        """Refuse in one frame, and close."""
        known = f"/API/{name}" in plain
        text = "This route is no WebSocket" if known else "Unknown API route"
        error = SwarmError("bad_request_method" if known else "bad_route", text)
        async with Conversation(socket, state.config.limits) as conversation:
            await conversation.say(error_frame(socket.scope, error))

    return router
