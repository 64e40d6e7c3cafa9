"""The routes ``txt2img`` and ``img2img``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter
from starlette.responses import Response

from pipelines.contract.errors import Forbidden
from pipelines.contract.results import GenerationResult
from sdapi.core.state import State, StateOf
from sdapi.dialects.a1111.field_names import FIELD_NAMES
from sdapi.dialects.a1111.ids import task_id
from sdapi.dialects.a1111.infotext.fill import fill_from_infotext
from sdapi.dialects.a1111.intent import intent_of
from sdapi.dialects.a1111.schemas.generation import (
    Generation,
    ImageToImageResponse,
    StableDiffusionProcessingImg2Img,
    StableDiffusionProcessingTxt2Img,
    TextToImageResponse,
)
from sdapi.http import answers
from sdapi.http.caller import Role
from sdapi.http.declared import MAKES
from sdapi.http.responses import JsonResponse, encode_base64, info_text
from sdapi.intent.resolve import resolve
from sdapi.jobs.accepted import Accepted
from sdapi.jobs.submit import submit_and_wait

router = APIRouter(prefix="/sdapi/v1")


@router.post("/txt2img", response_model=TextToImageResponse, responses=answers.QUEUED, dependencies=[MAKES])
async def text2imgapi(body: StableDiffusionProcessingTxt2Img, state: StateOf) -> Response:
    """Make pictures from a prompt."""
    filled = await run_sync(fill_from_infotext, body, state)
    return await generate(filled, state, kind="txt2img", echo=filled.echo())


@router.post("/img2img", response_model=ImageToImageResponse, responses=answers.QUEUED, dependencies=[MAKES])
async def img2imgapi(body: StableDiffusionProcessingImg2Img, state: StateOf) -> Response:
    """Make pictures from pictures."""
    filled = await run_sync(fill_from_infotext, body, state)
    echo = filled.echo()
    if not filled.include_init_images:
        echo["init_images"] = echo["mask"] = None
    return await generate(filled, state, kind="img2img", echo=echo)


def kept_overrides(body: Generation, overrides: Mapping[str, Any], state: State) -> Mapping[str, Any]:
    """The overrides that stay after this request, as ``override_settings_restore_afterwards: false`` asks.

    They are options of the server from then on. Raises Forbidden for a caller who may not change these.
    """
    if body.override_settings_restore_afterwards is not False or not overrides:
        return {}
    if not state.caller.role.covers(Role.ADMIN):
        text = f"the key's role {state.caller.role} may not change options; true leaves them as they are"
        raise Forbidden(text, field="override_settings_restore_afterwards")
    return overrides


def _warnings(body: Generation, told: Iterable[str]) -> Iterable[str]:
    """Warnings about values that were ignored or replaced, in A1111's names."""
    yield from (f"unknown field {name!a} is ignored" for name in body.unknown())
    yield from map(FIELD_NAMES.of, told)


async def generate(body: Generation, state: State, *, kind: str, echo: dict[str, Any]) -> Response:
    """Resolve, queue and wait; the answer's keys are in A1111's order, ours after them."""
    resolved = await resolve(intent_of(body, state), state)
    kept = kept_overrides(body, resolved.overrides, state)
    job_id = task_id(kind, body.force_task_id)
    made = await submit_and_wait(
        state,
        resolved.request,
        GenerationResult,
        job_id=job_id,
        accepted=lambda: state.store.apply(kept),
    )
    if isinstance(made, Accepted):
        return made
    result = made.result
    answer = {
        "images": [encode_base64(image) for image in result.images] if body.send_images else [],
        "parameters": echo,
        "info": info_text(dict(result.info)),
        "warnings": [*_warnings(body, (*resolved.warnings, *result.warnings))],
        "effective_parameters": dict(result.effective),
        "id": made.job_id,
    }
    return JsonResponse(answer)
