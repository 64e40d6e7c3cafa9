"""The routes GetNewSession, GetCurrentStatus and InterruptAll."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request

from extensions.swarmui.routes.answers import SessionAnswer, StatusAnswer, Success
from extensions.swarmui.routes.bodies import InterruptWish, NewSession, SwarmBody
from extensions.swarmui.runs.made import VERSION
from extensions.swarmui.runs.status import runs_of, status_of
from extensions.swarmui.sessions.permissions import permissions_of
from extensions.swarmui.sessions.server import server_of
from extensions.swarmui.sessions.session import SessionOf, user_of
from extensions.swarmui.words.errors import SWARM, SwarmError, SwarmFault
from sdapi.plugin import CONTROLS, READS, JsonResponse, JsonRoute, State, StateOf, speaks, validated

router = APIRouter(prefix="/API", route_class=JsonRoute, dependencies=[speaks(SWARM)])


@router.post("/GetNewSession", response_model=SessionAnswer | SwarmFault, dependencies=[READS])
async def get_new_session(state: StateOf, body: NewSession | None = None) -> JsonResponse:
    """Issue a session, which every other route asks for."""
    return JsonResponse(new_session(state, body or NewSession()))


@router.get("/GetNewSession", include_in_schema=False)
async def get_new_session_by_query(request: Request, state: StateOf) -> JsonResponse:
    """Issue one to clients that ask by GET."""
    return JsonResponse(new_session(state, validated(NewSession, dict(request.query_params))))


def new_session(state: State, body: NewSession) -> dict[str, Any]:
    """Issue a session to the caller. Raises SwarmError for one who would act as another user."""
    if body.impersonateUser:
        raise SwarmError("bad_impersonate", "There is no such user to act for", 200)
    server = server_of(state)
    return {
        "session_id": server.sessions.issue(state.caller.client),
        "user_id": user_of(state),
        "output_append_user": True,
        "version": VERSION,
        "server_id": server.server_id,
        "count_running": sum(engine.ready for engine in state.jobs.engines()),
        "permissions": permissions_of(state.caller.role),
    }


@router.post("/GetCurrentStatus", response_model=StatusAnswer | SwarmFault, dependencies=[READS])
async def get_current_status(body: SwarmBody, session: SessionOf) -> JsonResponse:
    """Count the session's unfinished pictures, and describe the engines."""
    return JsonResponse(status_of(session.id, session.state))


@router.get("/GetCurrentStatus", include_in_schema=False)
async def get_current_status_by_query(session: SessionOf) -> JsonResponse:
    """Answer the same by GET."""
    return JsonResponse(status_of(session.id, session.state))


@router.post("/InterruptAll", response_model=Success | SwarmFault, dependencies=[CONTROLS])
async def interrupt_all(body: InterruptWish, session: SessionOf) -> JsonResponse:
    """Give up the requests of the session, or of all sessions of the caller."""
    registry = runs_of(session.state)
    client = session.state.caller.client
    meant = registry.of_client(client) if body.other_sessions else registry.of_session(session.id)
    for run in meant:
        await run.interrupt()
    return JsonResponse({"success": True})
