"""The routes ListT2IParams, TriggerRefresh, SetParamEdits and TestPromptFill."""

from __future__ import annotations

import random
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter

from extensions.swarmui.models.choices import read_choices
from extensions.swarmui.parameters.listing import parameter_listing
from extensions.swarmui.prompts.sections import fill
from extensions.swarmui.prompts.world import Filling
from extensions.swarmui.routes.answers import FilledAnswer, ParametersAnswer, Success
from extensions.swarmui.routes.bodies import ParameterEdits, PromptText, RefreshWish, SwarmBody
from extensions.swarmui.runs.prompting import world_of
from extensions.swarmui.sessions.session import SessionOf, SwarmSession
from extensions.swarmui.store.presets import PresetShelf
from extensions.swarmui.words.errors import SWARM, SwarmFault
from sdapi.plugin import CONTROLS, READS, JsonResponse, JsonRoute, Role, speaks

router = APIRouter(prefix="/API", route_class=JsonRoute, dependencies=[speaks(SWARM)])


@router.post("/ListT2IParams", response_model=ParametersAnswer | SwarmFault, dependencies=[READS])
async def list_t2i_params(body: SwarmBody, session: SessionOf) -> JsonResponse:
    """List every parameter that is taken, with the names that it can take now."""
    return JsonResponse(await run_sync(listing, session))


@router.get("/ListT2IParams", include_in_schema=False)
async def list_t2i_params_by_query(session: SessionOf) -> JsonResponse:
    """List the same by GET."""
    return JsonResponse(await run_sync(listing, session))


def listing(session: SwarmSession) -> dict[str, Any]:
    """Build the answer: parameters with their choices, and the interface's edits."""
    edits = session.server.kept.every(session.user, "edits").get("")
    return parameter_listing(read_choices(session.state), edits)


@router.post("/TriggerRefresh", response_model=ParametersAnswer | SwarmFault, dependencies=[READS])
async def trigger_refresh(body: RefreshWish, session: SessionOf) -> JsonResponse:
    """Read the folders again, where the caller may and asks for it; then list the parameters."""
    if body.strong and session.state.caller.role.covers(Role.USER):
        await run_sync(session.state.catalog.refresh)
    return JsonResponse(await run_sync(listing, session))


@router.post("/SetParamEdits", response_model=Success | SwarmFault, dependencies=[CONTROLS])
async def set_param_edits(body: ParameterEdits, session: SessionOf) -> JsonResponse:
    """Keep an interface's changes to its parameters."""
    await run_sync(session.server.kept.put, session.user, "edits", "", body.edits or {})
    return JsonResponse({"success": True})


@router.post("/TestPromptFill", response_model=FilledAnswer | SwarmFault, dependencies=[READS])
async def test_prompt_fill(body: PromptText, session: SessionOf) -> JsonResponse:
    """Evaluate the tags of a prompt once."""
    return JsonResponse({"result": await run_sync(_filled, body.prompt, session)})


def _filled(prompt: str, session: SwarmSession) -> str:
    presets = PresetShelf(kept=session.server.kept, owner=session.user)
    world = world_of(session.state, read_choices(session.state), presets.parameters)
    return fill(prompt, Filling(world=world, chance=random.Random())).base
