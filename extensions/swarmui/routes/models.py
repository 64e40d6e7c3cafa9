"""The routes ListModels, DescribeModel, ListLoadedModels, SelectModel and SelectModelWS."""

from __future__ import annotations

from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from extensions.swarmui.models.choices import CHECKPOINTS
from extensions.swarmui.models.describe import describe
from extensions.swarmui.models.listing import ModelWish, find_model, is_loaded, list_models, loaded_models
from extensions.swarmui.routes.answers import LoadedAnswer, ModelAnswer, ModelsAnswer, Success
from extensions.swarmui.routes.bodies import ModelChoice, ModelListing, ModelQuestion, SwarmBody
from extensions.swarmui.runs.status import status_of
from extensions.swarmui.sessions.session import SessionOf, SwarmSession, find_session
from extensions.swarmui.words.errors import SWARM, SwarmFault
from pipelines.plugin import CheckpointResult, LoadCheckpointRequest
from sdapi.plugin import (
    CONTROLS,
    READS,
    Accepted,
    ClientLeft,
    Conversation,
    JsonResponse,
    JsonRoute,
    Role,
    State,
    StateOf,
    current_checkpoint,
    error_frame,
    message_preferences,
    resolve_options,
    result_of,
    select_checkpoint,
    speaks,
    submit,
    validated,
)

router = APIRouter(prefix="/API", route_class=JsonRoute, dependencies=[speaks(SWARM)])
FIRST_SECONDS = 60.0


@router.post("/ListModels", response_model=ModelsAnswer | SwarmFault, dependencies=[READS])
async def list_model_files(body: ModelListing, session: SessionOf) -> JsonResponse:
    """List the weight files of a subtype."""
    return JsonResponse(await run_sync(_listed, body, session.state))


@router.get("/ListModels", include_in_schema=False)
async def list_model_files_by_query(request: Request, session: SessionOf) -> JsonResponse:
    """List the same by GET."""
    body = validated(ModelListing, dict(request.query_params))
    return JsonResponse(await run_sync(_listed, body, session.state))


def _listed(body: ModelListing, state: State) -> dict[str, Any]:
    wish = ModelWish(
        path=body.path or "",
        depth=1 if body.depth is None else body.depth,
        subtype=body.subtype or CHECKPOINTS,
        sort=body.sortBy or "Name",
        falling=bool(body.sortReverse),
        current=_current(state),
    )
    return list_models(wish, state)


def _current(state: State) -> str | None:
    """The file of the checkpoint that the next request without a model would use."""
    found = current_checkpoint(state.store, state.catalog)
    return None if found is None else found.filename


@router.post("/DescribeModel", response_model=ModelAnswer | SwarmFault, dependencies=[READS])
async def describe_model(body: ModelQuestion, session: SessionOf) -> JsonResponse:
    """Describe one weight file."""
    return JsonResponse({"model": await run_sync(_described, body, session.state)})


def _described(body: ModelQuestion, state: State) -> dict[str, Any]:
    subtype = body.subtype or CHECKPOINTS
    file = find_model(body.modelName, subtype, state)
    return describe(file, is_loaded(file, _current(state)), subtype)


@router.post("/ListLoadedModels", response_model=LoadedAnswer | SwarmFault, dependencies=[READS])
async def list_loaded_models(body: SwarmBody, session: SessionOf) -> JsonResponse:
    """List the checkpoint that the next request would use, in memory or not, as clients want exactly one."""
    return JsonResponse({"models": await run_sync(_loaded, session.state)})


def _loaded(state: State) -> list[dict[str, Any]]:
    return loaded_models(_current(state), state)


@router.post("/SelectModel", response_model=Success | SwarmFault, dependencies=[CONTROLS])
async def select_model(body: ModelChoice, session: SessionOf) -> Response:
    """Load a checkpoint; of an admin, or where there are no keys, it becomes the current one."""
    return await select(body.model, session) or JsonResponse({"success": True})


async def select(name: str, session: SwarmSession) -> Accepted | None:
    """Load a checkpoint, and wait for it unless the client asked not to wait.

    Raises InvalidRequest, and the error that loading fails with.
    """
    state = session.state
    file = await run_sync(find_model, name, CHECKPOINTS, state)
    item = state.catalog.find_checkpoint(str(file.path))
    if item is not None and state.caller.role.covers(Role.ADMIN):
        return await select_checkpoint(state, item)
    options = resolve_options(state.store, None).generation
    handle = await submit(state, LoadCheckpointRequest(checkpoint=str(file.path), options=options))
    await result_of(handle, CheckpointResult, state)
    return None


@router.websocket("/SelectModelWS")
async def select_model_live(socket: WebSocket, state: StateOf) -> None:
    """Load a checkpoint, with the status before and after it."""
    async with Conversation(socket, state.config.limits) as conversation:
        try:
            message = await conversation.message(FIRST_SECONDS)
            with message_preferences(socket.scope, message):
                body = validated(ModelChoice, message)
                session = find_session(body.session_id, state)
                await conversation.say(status_of(session.id, state))
                await select(body.model, session)
            await conversation.say({"success": True})
            await conversation.say(status_of(session.id, state))
        except (ClientLeft, TimeoutError):
            return
        except Exception as error:
            await conversation.say(error_frame(socket.scope, error))
