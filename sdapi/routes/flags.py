"""The command-line flags over HTTP, secrets masked."""

from __future__ import annotations

from fastapi import APIRouter

from sdapi.flags import shown_flags
from sdapi.responses import JsonResponse
from sdapi.schemas.options import flags_model
from sdapi.state import StateOf

router = APIRouter(prefix="/sdapi/v1")


@router.get("/cmd-flags", response_model=flags_model())
async def get_cmd_flags(state: StateOf) -> JsonResponse:
    """Every command-line flag; credentials are never shown."""
    return JsonResponse(shown_flags(state.config.flags))
