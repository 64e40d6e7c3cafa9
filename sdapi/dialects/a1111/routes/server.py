"""Stop or restart the server; only there with ``--api-server-stop``."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import Response

from sdapi.core.state import StateOf
from sdapi.http import answers

router = APIRouter(prefix="/sdapi/v1")

GRACE_SECONDS = 0.2
"""Seconds for the answer to leave before the process gets the signal to end."""
NO_LAUNCHER: answers.Responses = {501: {"description": "Nothing would start the server again."}}


def end_process() -> None:
    """Ask this process to end in order, as Ctrl-C does."""
    os.kill(os.getpid(), signal.SIGINT)


def _soon(action: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_later(GRACE_SECONDS, action)


@router.post("/server-kill", response_class=Response)
async def kill_webui() -> Response:
    """End the process."""
    _soon(end_process)
    return Response(status_code=200)


@router.post("/server-restart", response_class=Response, responses=NO_LAUNCHER)
async def restart_webui(state: StateOf) -> Response:
    """End the process and leave a note for the launcher to start it again; 501 without a launcher."""
    if not os.environ.get("SD_WEBUI_RESTART"):
        return Response(status_code=501)
    note = state.config.data / "tmp" / "restart"
    note.parent.mkdir(parents=True, exist_ok=True)
    note.touch()
    _soon(end_process)
    return Response(status_code=200)


@router.post("/server-stop", response_class=Response)
async def stop_webui() -> Response:
    """End the process after the running answers."""
    _soon(end_process)
    return Response("Stopping.")
