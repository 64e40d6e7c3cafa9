"""SwarmUI's API on the HTTP side: its routes, and its SQLite file, closed when the server stops; no torch."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from fastapi import APIRouter

from extensions.swarmui.routes import (
    backends,
    files,
    generation,
    history,
    live,
    models,
    parameters,
    sessions,
    users,
)
from extensions.swarmui.routes.unknown import unknown_routes
from extensions.swarmui.sessions.server import close_server
from sdapi.plugin import State, api_hook

MODULES = (sessions, generation, live, history, parameters, models, backends, users, files)


@api_hook
def routers() -> Sequence[APIRouter]:
    """All routes; unknown ones come last."""
    known = [module.router for module in MODULES]
    return (*known, unknown_routes(known))


@api_hook
@asynccontextmanager
async def running(state: State) -> AsyncGenerator[None]:
    """Close the SQLite file when the server stops."""
    yield
    close_server(state)
