"""InvokeAI's part on the HTTP side: its routes, its sockets, and the queue of graphs; no torch."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from fastapi import APIRouter

from extensions.invokeai.routes import app, boards, images, models, queue, settings, sockets, workflows
from extensions.invokeai.routes.shared import service_of
from extensions.invokeai.service.service import GraphService
from sdapi.plugin import State, api_hook


@api_hook
def routers() -> Sequence[APIRouter]:
    """The routes of all groups."""
    return tuple(
        module.router for module in (queue, images, boards, models, workflows, settings, app, sockets)
    )


@api_hook
def components(state: State) -> Mapping[str, Any]:
    """Types of nodes and outputs, so that editors can draw them."""
    return service_of(state).nodes.document["components"]["schemas"]


@api_hook
def running(state: State) -> AbstractAsyncContextManager[None]:
    """Follow the jobs of graphs as long as the server runs."""
    return _running(state)


@asynccontextmanager
async def _running(state: State) -> AsyncGenerator[None]:
    task = asyncio.create_task(service_of(state).run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        state.parts.take(GraphService)
