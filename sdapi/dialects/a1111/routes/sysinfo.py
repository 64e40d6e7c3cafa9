"""System information for bug reports."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query
from starlette.responses import PlainTextResponse, Response

from sdapi.core.state import State, StateOf
from sdapi.dialects.a1111.sysinfo import describe_system
from sdapi.http.lax import Bool

router = APIRouter(prefix="/internal")


@router.get("/sysinfo", response_class=PlainTextResponse)
async def sysinfo(state: StateOf, attachment: Annotated[Bool, Query()] = False) -> Response:
    """A JSON document as text."""
    return await _document(state, attachment=attachment)


@router.get("/sysinfo-download", response_class=PlainTextResponse)
async def sysinfo_download(state: StateOf) -> Response:
    """The same, to be saved."""
    return await _document(state, attachment=True)


async def _document(state: State, *, attachment: bool) -> Response:
    text = await run_sync(describe_system, state)
    name = datetime.now(UTC).strftime("sysinfo-%Y-%m-%d-%H-%M.json")
    kind = "attachment" if attachment else "inline"
    headers = {"Content-Disposition": f'{kind}; filename="{name}"'}
    return Response(text, media_type="text/plain", headers=headers)
