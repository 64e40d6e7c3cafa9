"""ListBackends, RestartBackends, FreeBackendMemory, ShutdownServer: the engines as SwarmUI's backends."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from extensions.swarmui.models.choices import checkpoint_name
from extensions.swarmui.routes.answers import CountAnswer
from extensions.swarmui.routes.bodies import BackendChoice, SwarmBody
from extensions.swarmui.runs.status import features
from extensions.swarmui.sessions.session import SessionOf
from extensions.swarmui.words.errors import SWARM, SwarmError, SwarmFault
from pipelines.plugin import CheckpointResult, UnloadRequest
from sdapi.plugin import (
    CONTROLS,
    READS,
    JsonResponse,
    JsonRoute,
    State,
    current_checkpoint,
    result_of,
    speaks,
    submit,
)

router = APIRouter(prefix="/API", route_class=JsonRoute, dependencies=[speaks(SWARM)])

USAGES = 4
"""Requests that an engine is worth sending at once: they share its model calls."""


@router.post("/ListBackends", response_model=dict[str, Any], dependencies=[READS])
async def list_backends(body: SwarmBody, session: SessionOf) -> JsonResponse:
    """List the engines by their numbers: another SwarmUI can use them as its own."""
    return JsonResponse(backends(session.state))


def backends(state: State) -> dict[str, Any]:
    """Describe every engine as a backend of SwarmUI's, by its number."""
    current = current_checkpoint(state.store, state.catalog)
    model = None if current is None else checkpoint_name(current)
    return {
        str(engine.number): {
            "type": "sdapi",
            "status": "running" if engine.ready else "loading",
            "id": engine.number,
            "settings": {},
            "modcount": 0,
            "features": features(state),
            "enabled": True,
            "title": f"sdapi on {engine.device}",
            "can_load_models": True,
            "max_usages": USAGES,
            "current_model": model,
        }
        for engine in state.jobs.engines()
    }


@router.post("/FreeBackendMemory", response_model=CountAnswer | SwarmFault, dependencies=[CONTROLS])
async def free_backend_memory(body: BackendChoice, session: SessionOf) -> JsonResponse:
    """Unload models, unless a job runs."""
    state = session.state
    engines = [str(engine.number) for engine in state.jobs.engines()]
    if body.backend not in ("all", None, "", *engines) or state.services.jobs.running():
        return JsonResponse({"result": False, "count": 0})
    handle = await submit(state, UnloadRequest())
    await result_of(handle, CheckpointResult, state)
    return JsonResponse({"result": True, "count": len(engines)})


@router.post("/RestartBackends", response_model=CountAnswer | SwarmFault)
async def restart_backends(body: BackendChoice, session: SessionOf) -> JsonResponse:
    """Engines are watched and replaced when they fail, so there is nothing to restart. For admins."""
    return JsonResponse({"result": "Success.", "count": len(session.state.jobs.engines())})


@router.post("/ShutdownServer", include_in_schema=False)
async def shutdown_server(body: SwarmBody, session: SessionOf) -> JsonResponse:
    """Refuse: only A1111's API stops the server, where ``--api-server-stop`` allows it."""
    raise SwarmError("bad_permissions", "This server is not stopped over this API")
