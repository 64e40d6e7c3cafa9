"""The option store over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Body
from pydantic import BeforeValidator
from starlette.responses import Response

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import LoadCheckpointRequest
from pipelines.contract.results import CheckpointResult
from sdapi.core.services import CheckpointItem
from sdapi.core.state import State, StateOf
from sdapi.dialects.a1111.ids import task_id
from sdapi.dialects.a1111.schemas.options import Options
from sdapi.http import answers
from sdapi.http.lax import to_dict
from sdapi.http.responses import JsonResponse
from sdapi.intent.checkpoints import current_checkpoint
from sdapi.intent.options import resolve_options
from sdapi.jobs.accepted import Accepted, Done
from sdapi.jobs.submit import submit_and_wait
from sdapi.options.store import reportable

router = APIRouter(prefix="/sdapi/v1")

CHECKPOINT = "sd_model_checkpoint"
CHECKPOINT_HASH = "sd_checkpoint_hash"
IGNORED = "X-Ignored-Options"
CHANGED: answers.Responses = {
    200: {"headers": {IGNORED: {"description": "keys that weren't changed", "schema": {"type": "string"}}}},
    **answers.QUEUED,
}


@router.get("/options", response_model=Options)
async def get_config(state: StateOf) -> JsonResponse:
    """Every option; the checkpoint by its title."""
    values = state.store.listing()
    checkpoint = current_checkpoint(state.store, state.catalog)
    if checkpoint:
        values[CHECKPOINT] = checkpoint.title
        values[CHECKPOINT_HASH] = checkpoint.sha256 or values[CHECKPOINT_HASH]
    return JsonResponse(values)


@router.post("/options", responses=CHANGED)
async def set_config(
    req: Annotated[dict[str, Any], BeforeValidator(to_dict), Body()], state: StateOf
) -> Response:
    """Change options. Keys that can't be changed are named in the header ``X-Ignored-Options``."""
    change = state.store.validate(req)
    values = {key: value for key, value in change.values.items() if key != CHECKPOINT_HASH}
    wanted = values.pop(CHECKPOINT, None)
    chosen = _find_checkpoint(state, wanted) if wanted is not None else None
    await run_sync(state.store.change, values)
    accepted = await select_checkpoint(state, chosen) if chosen else None
    return accepted or JsonResponse(None, headers=_ignored_header(reportable(change.ignored)))


def _find_checkpoint(state: State, name: Any) -> CheckpointItem:
    found = state.catalog.find_checkpoint(str(name))
    if found is None:
        raise InvalidRequest(f"model {name!r} not found", field=CHECKPOINT)
    return found


async def select_checkpoint(state: State, chosen: CheckpointItem) -> Accepted | None:
    """Load a checkpoint and select it; the old one stays selected when loading fails, or isn't waited for."""
    current = current_checkpoint(state.store, state.catalog)
    if current is None or current.filename != chosen.filename:
        loaded = await load_checkpoint(state, chosen)
        if isinstance(loaded, Accepted):
            return loaded
    fresh = state.catalog.find_checkpoint(chosen.filename) or chosen
    await run_sync(state.store.change, {CHECKPOINT: fresh.title, CHECKPOINT_HASH: fresh.sha256})
    state.store.meanings[fresh.title] = fresh.filename
    return None


async def load_checkpoint(state: State, chosen: CheckpointItem) -> Accepted | Done[CheckpointResult]:
    """Make a checkpoint resident, behind the jobs that wait."""
    options = resolve_options(state.store, None).generation
    request = LoadCheckpointRequest(checkpoint=chosen.filename, options=options)
    return await submit_and_wait(state, request, CheckpointResult, job_id=task_id("load"))


def _ignored_header(keys: tuple[str, ...]) -> Mapping[str, str]:
    names = [k for k in keys if k.isascii() and k.isidentifier()]
    return {IGNORED: ", ".join(names)[:4000]} if names else {}
