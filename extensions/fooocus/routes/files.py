"""``/files/DAY/NAME``: saved pictures, in another format where one is asked for."""

from __future__ import annotations

import re
from pathlib import Path

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from extensions.fooocus.routes.dialect import FOOOCUS
from extensions.fooocus.routes.formats import FORMATS, as_format
from sdapi.plugin import ApiError, State, StateOf, answers, speaks

router = APIRouter(prefix="/files", dependencies=[speaks(FOOOCUS)])
OUTPUTS, FILES = "outputs", "files"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@router.get("/{day}/{name}", responses=answers.PICTURE, response_class=FileResponse)
async def saved_picture(day: str, name: str, request: Request, state: StateOf) -> Response:
    """A picture of a day."""
    path = await run_sync(locate, day, name, state)
    wanted = request.headers.get("accept", "").removeprefix("image/")
    if wanted not in FORMATS or FORMATS[wanted] == FORMATS[path.suffix.lower().lstrip(".")]:
        return FileResponse(path)
    data = await run_sync(lambda: as_format(path.read_bytes(), wanted))
    return Response(data, media_type=f"image/{wanted}")


def locate(day: str, name: str, state: State) -> Path:
    """The file. Raises ApiError 404 for all that is no picture of that day."""
    root = state.config.data / OUTPUTS / state.caller.folder / FILES
    path = root / day / name
    good = DAY.fullmatch(day) and path.suffix.lower().lstrip(".") in FORMATS
    if not good or "/" in name or "\\" in name or "\0" in name or not _is_file(path):
        raise ApiError(404, "File not found")
    return path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False
