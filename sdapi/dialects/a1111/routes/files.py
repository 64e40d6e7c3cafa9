"""``/file=PATH``: saved pictures, and nothing outside the output folders."""

from __future__ import annotations

from pathlib import Path

from anyio.to_thread import run_sync
from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.places import place_below
from sdapi.core.state import State, StateOf
from sdapi.http.errors import ApiError
from sdapi.jobs.own_folder import is_own

router = APIRouter(include_in_schema=False)

SERVED = frozenset({".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif", ".txt"})


@router.get("/file={path:path}")
async def saved_file(path: str, state: StateOf) -> Response:
    """A saved picture, with range support."""
    return FileResponse(await run_sync(locate, path, state))


@router.get("/file/{path:path}")
async def saved_file_by_path(path: str, state: StateOf) -> Response:
    """The same under its other address."""
    return FileResponse(await run_sync(locate, path, state))


def locate(text: str, state: State) -> Path:
    """The file that a path names. The folders that pictures are saved in are served, whatever options say.

    Raises ApiError 403 outside the output folders and 404 for a file that doesn't exist.
    """
    refused = ApiError(403, f"File not allowed: {text}.")
    base, roots = state.config.data, state.services.outputs
    try:
        path = place_below(text, roots, base=base, what="the file", field=None)
    except InvalidRequest:
        raise refused from None
    hidden = any(part.startswith(".") for part in Path(text).parts if part not in (".", ".."))
    if hidden or not is_own(path, state.caller.folder) or path.suffix.lower() not in SERVED:
        raise refused
    if not path.is_file():
        raise ApiError(404, f"File not found: {text}.")
    return path
