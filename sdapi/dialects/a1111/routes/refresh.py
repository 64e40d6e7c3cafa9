"""Read the model folders again."""

from __future__ import annotations

from anyio.to_thread import run_sync
from fastapi import APIRouter

from sdapi.core.state import State, StateOf
from sdapi.http.responses import JsonResponse

router = APIRouter(prefix="/sdapi/v1")


async def _refresh(state: State) -> JsonResponse:
    await run_sync(state.catalog.refresh)
    return JsonResponse(None)


@router.post("/refresh-embeddings")
async def refresh_embeddings(state: StateOf) -> JsonResponse:
    """Read the embeddings again."""
    return await _refresh(state)


@router.post("/refresh-checkpoints")
async def refresh_checkpoints(state: StateOf) -> JsonResponse:
    """Read the checkpoint folders again."""
    return await _refresh(state)


@router.post("/refresh-vae")
async def refresh_vae(state: StateOf) -> JsonResponse:
    """Read the VAE folders again."""
    return await _refresh(state)


@router.post("/refresh-loras")
async def refresh_loras(state: StateOf) -> JsonResponse:
    """Read the LoRA folders again."""
    return await _refresh(state)
