"""Listings of checkpoints, LoRAs and styles; and a probe of the server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter

from extensions.fooocus.intent.models import listed_names
from extensions.fooocus.routes.answers import Acknowledgement, AllModels
from extensions.fooocus.routes.dialect import FOOOCUS
from extensions.fooocus.words.styles import legal_names, styles_of
from sdapi.plugin import READS, JsonResponse, State, StateOf, speaks

router = APIRouter(prefix="/v1/engines", dependencies=[speaks(FOOOCUS)])
probe = APIRouter(dependencies=[speaks(FOOOCUS)])


@router.get("/all-models", response_model=AllModels)
async def all_models(state: StateOf) -> JsonResponse:
    """Names of files; the folders are read again."""
    return JsonResponse(await run_sync(_models, state))


@router.get("/refresh-models", response_model=AllModels)
@router.post("/refresh-models", response_model=AllModels, dependencies=[READS])
async def refresh_models(state: StateOf) -> JsonResponse:
    """The same under its former name."""
    return JsonResponse(await run_sync(_models, state))


def _models(state: State) -> dict[str, list[str]]:
    state.catalog.refresh()
    checkpoints = [item.filename for item in state.catalog.checkpoints()]
    loras = [row.path for row in state.catalog.loras()]
    folders = _folders(state.config.flags)
    return {
        "model_filenames": listed_names(checkpoints, folders),
        "lora_filenames": listed_names(loras, folders),
    }


def _folders(flags: Mapping[str, Any]) -> list[str]:
    """The folders that listed names are relative to."""
    models = str(flags.get("models_dir") or f"{flags.get('data_dir') or '.'}/models")
    named = (flags.get("ckpt_dir"), flags.get("lora_dir"))
    return [f"{models}/Stable-diffusion", f"{models}/Lora", *(str(folder) for folder in named if folder)]


@router.get("/styles", response_model=list[str])
async def list_styles(state: StateOf) -> JsonResponse:
    """Names that ``style_selections`` may hold."""
    styles = await run_sync(styles_of, state.config.data)
    return JsonResponse(legal_names(styles))


@router.get("/clean_vram", response_model=Acknowledgement)
async def clean_vram() -> JsonResponse:
    """Do nothing: memory is kept within bounds without it."""
    return JsonResponse({"message": "ok"})


@probe.get("/ping", response_model=str)
async def ping() -> JsonResponse:
    """Answer while the server lives."""
    return JsonResponse("pong")
