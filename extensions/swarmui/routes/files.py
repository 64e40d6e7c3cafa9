"""GET /View/USER/PATH and /Output/PATH: saved pictures, and pictures of models."""

from __future__ import annotations

import io
from pathlib import Path

from anyio.to_thread import run_sync
from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from extensions.swarmui.history.places import PICTURES, is_hidden, locate, relative
from extensions.swarmui.models.listing import find_model
from extensions.swarmui.models.previews import preview_of
from extensions.swarmui.sessions.server import server_of
from extensions.swarmui.sessions.session import user_of
from extensions.swarmui.words.errors import SWARM, SwarmError
from pipelines.plugin import InvalidRequest, UnreadablePicture, open_picture
from sdapi.plugin import State, StateOf, speaks

router = APIRouter(include_in_schema=False, dependencies=[speaks(SWARM)])

READ = ["GET", "HEAD"]
HEADERS = {"Cache-Control": "private, max-age=30"}
THUMBNAIL = 256
"""Pixels of the longer side of a preview."""


@router.api_route("/View/{user}/{path:path}", methods=READ)
async def view(user: str, path: str, state: StateOf, preview: bool = False) -> Response:
    """Return a picture of a user."""
    return await _answer(user, path, state, preview=preview)


@router.api_route("/Output/{path:path}", methods=READ)
async def output(path: str, state: StateOf, preview: bool = False) -> Response:
    """Return a picture of the caller; some clients append a whole address of ``/View/``."""
    user = user_of(state)
    return await _answer(user, path.removeprefix(f"View/{user}/"), state, preview=preview)


@router.api_route("/ViewSpecial/{subtype}/{name:path}", methods=READ)
async def view_special(subtype: str, name: str, state: StateOf) -> Response:
    """Return the picture that lies beside a weight file."""
    return FileResponse(await run_sync(find_preview, subtype, name, state), headers=HEADERS)


def find_preview(subtype: str, name: str, state: State) -> Path:
    """Find the picture of a model. Raises SwarmError where there is none."""
    try:
        found = preview_of(find_model(name, subtype, state).path)
    except InvalidRequest:
        found = None
    if found is None:
        raise SwarmError("file_not_found", "404, file not found.", 404)
    return found


async def _answer(user: str, path: str, state: State, *, preview: bool) -> Response:
    file = await run_sync(find_file, user, path, state)
    if preview and (small := await run_sync(thumbnail, file)):
        return Response(small, media_type="image/jpeg", headers=HEADERS)
    return FileResponse(file, headers=HEADERS)


def find_file(user: str, path: str, state: State) -> Path:
    """Find the file of a path. Raises SwarmError for another user's, a bad path, and a missing file."""
    if user != user_of(state) and not (state.caller.sees_all and _is_name(user)):
        raise SwarmError("invalid_user", "These are pictures of somebody else")
    try:
        name = relative(path)
        file = locate(server_of(state).pictures / user, name)
        there = not is_hidden(name) and file.suffix.lower() in (*PICTURES, ".txt") and file.is_file()
    except (InvalidRequest, OSError):
        raise SwarmError("bad_path", "The path leads nowhere") from None
    if not there:
        raise SwarmError("file_not_found", "404, file not found.", 404)
    return file


def _is_name(user: str) -> bool:
    return user not in ("", ".", "..") and "\\" not in user and "\0" not in user and not user.startswith(".")


def thumbnail(file: Path) -> bytes | None:
    """Make a small JPEG of a picture; None for a file that can't be read as one."""
    try:
        image = open_picture(file).convert("RGB")
    except (UnreadablePicture, OSError):
        return None
    image.thumbnail((THUMBNAIL, THUMBNAIL))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()
