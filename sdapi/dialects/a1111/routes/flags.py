"""The command-line flags over HTTP, secrets masked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter

from sdapi.core.config import DEFAULT_PORT
from sdapi.core.state import StateOf
from sdapi.dialects.a1111.schemas.options import Flags
from sdapi.flags.parse import shown_flags
from sdapi.http.responses import JsonResponse

router = APIRouter(prefix="/sdapi/v1")


@router.get("/cmd-flags", response_model=Flags)
async def get_cmd_flags(state: StateOf) -> JsonResponse:
    """Every command-line flag; credentials are never shown."""
    return JsonResponse({**shown_flags(state.config.flags), **address(state.config.flags)})


def address(flags: Mapping[str, Any]) -> dict[str, str]:
    """Port and name that the server listens at, defaults included."""
    default = "0.0.0.0" if flags.get("listen") else "127.0.0.1"
    port = flags.get("port")
    name = str(flags.get("server_name") or default)
    return {"port": str(DEFAULT_PORT if port is None else port), "server_name": name}
