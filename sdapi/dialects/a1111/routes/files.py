"""``/file=PATH``: saved pictures, and nothing outside the output folders."""

from __future__ import annotations

from pathlib import Path

from anyio.to_thread import run_sync
from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from sdapi.core.state import State, StateOf
from sdapi.http.errors import ApiError
from sdapi.jobs.own_folder import is_own

router = APIRouter(include_in_schema=False)

OUTPUT_OPTIONS = (
    "outdir_txt2img_samples",
    "outdir_img2img_samples",
    "outdir_extras_samples",
    "outdir_txt2img_grids",
    "outdir_img2img_grids",
    "outdir_init_images",
)
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
    """The file that a path names. Links and ``..`` are followed first, then the folder is checked.

    Raises ApiError 403 outside the output folders and 404 for what isn't there.
    """
    refused = ApiError(403, f"File not allowed: {text}.")
    if "\0" in text:
        raise refused
    try:
        path = (state.config.data / text).resolve()
        allowed = any(path.is_relative_to(folder) for folder in output_folders(state))
        allowed = allowed and is_own(path, state.caller.folder)
    except (OSError, ValueError, RuntimeError):
        raise refused from None
    hidden = any(part.startswith(".") for part in Path(text).parts if part not in (".", ".."))
    if not allowed or hidden or path.suffix.lower() not in SERVED:
        raise refused
    if not path.is_file():
        raise ApiError(404, f"File not found: {text}.")
    return path


def output_folders(state: State) -> tuple[Path, ...]:
    """Folders that pictures are saved in, links resolved.

    Options can be changed over HTTP, so a folder that they name counts only below the data folder.
    """
    data = state.config.data.resolve()
    named = [(data / str(state.store.get(key) or "")).resolve() for key in OUTPUT_OPTIONS]
    below = [folder for folder in named if folder != data and folder.is_relative_to(data)]
    return (*below, *(folder.resolve() for folder in state.services.outputs))
