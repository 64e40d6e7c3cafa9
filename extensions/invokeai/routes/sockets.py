"""``/ws/socket.io``: events over WebSocket, and over polling for clients that can't."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, WebSocket
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from extensions.invokeai.routes.dialect import INVOKE
from extensions.invokeai.routes.shared import ServiceOf, service_of
from extensions.invokeai.service.sockets import PATH
from sdapi.plugin import READS, StateOf, speaks

router = APIRouter(dependencies=[speaks(INVOKE), READS], tags=["invokeai"])


class HandedOver(Response):
    """The answer of another ASGI application."""

    def __init__(self, app: Any) -> None:
        super().__init__()
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the other application answer."""
        await self._app(scope, receive, send)


@router.api_route(f"/{PATH}", methods=["GET", "POST", "OPTIONS"], include_in_schema=False)
async def poll(request: Request, service: ServiceOf) -> Response:
    """Serve a poll, or the first step to a WebSocket."""
    return HandedOver(service.sockets.app)


@router.websocket(f"/{PATH}")
@router.websocket(f"/{PATH}/")
async def connect(socket: WebSocket, state: StateOf) -> None:
    """Serve a client's WebSocket."""
    await service_of(state).sockets.app(socket.scope, socket.receive, socket.send)
