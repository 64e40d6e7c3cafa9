"""Previews and metadata of model files, as the original's extra-networks pages fetch them."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query
from starlette.responses import FileResponse, Response

from pipelines.catalog.safetensors_header import read_header
from sdapi.core.services import Catalog
from sdapi.core.state import State, StateOf
from sdapi.http import answers
from sdapi.http.errors import ApiError
from sdapi.http.responses import JsonResponse

router = APIRouter(prefix="/sd_extra_networks")

PREVIEWS = (".png", ".jpg", ".jpeg", ".webp", ".gif")
Text = Annotated[str, Query()]


def files_of(catalog: Catalog, page: str) -> dict[str, Path]:
    """Names and files of one page; empty for a page that doesn't exist."""
    pages: dict[str, Iterable[tuple[str, str]]] = {
        "checkpoints": ((c.model_name, c.filename) for c in catalog.checkpoints()),
        "lora": ((item.name, item.path) for item in catalog.loras()),
        "hypernetworks": ((item.name, item.path) for item in catalog.hypernetworks()),
    }
    return {name: Path(path) for name, path in pages.get(page.lower(), ())}


def model_folders(state: State) -> frozenset[Path]:
    """Folders that hold listed model files, links resolved."""
    pages = ("checkpoints", "lora", "hypernetworks")
    files = [path for page in pages for path in files_of(state.catalog, page).values()]
    return frozenset(path.resolve().parent for path in files)


def find_preview(filename: str, state: State) -> Path:
    """A picture beside a model file. Raises ApiError 404 for anything else."""
    missing = ApiError(404, "File not found", field="filename")
    if "\0" in filename or Path(filename).suffix.lower() not in PREVIEWS:
        raise missing
    try:
        path = Path(filename).resolve()
        found = path.parent in model_folders(state) and path.is_file()
    except (OSError, RuntimeError):
        raise missing from None
    if not found:
        raise missing
    return path


def preview_beside(path: Path) -> Path | None:
    """``NAME.png`` or ``NAME.preview.png`` beside a model file."""
    stems = (path.with_suffix("").name, f"{path.with_suffix('').name}.preview")
    candidates = (path.with_name(stem + suffix) for suffix in PREVIEWS for stem in stems)
    return next((c for c in candidates if c.is_file()), None)


@router.get("/thumb", response_class=FileResponse, responses=answers.PICTURE)
async def fetch_file(state: StateOf, filename: Text = "") -> Response:
    """A preview picture."""
    return FileResponse(await run_sync(find_preview, filename, state))


@router.get("/cover-images", response_class=FileResponse, responses=answers.PICTURE)
async def fetch_cover_images(state: StateOf, page: Text = "", item: Text = "", index: int = 0) -> Response:
    """The preview beside a model file."""
    path = files_of(state.catalog, page).get(item)
    preview = await run_sync(preview_beside, path) if path else None
    if preview is None or index != 0:
        raise ApiError(404, "File not found", field="item")
    return FileResponse(preview)


@router.get("/metadata")
async def get_metadata(state: StateOf, page: Text = "", item: Text = "") -> JsonResponse:
    """A safetensors file's own metadata as indented JSON text; empty when it has none."""
    path = files_of(state.catalog, page).get(item)
    if path is None or path.suffix != ".safetensors":
        return JsonResponse({})
    metadata = dict((await run_sync(read_header, path)).metadata)
    return JsonResponse({"metadata": json.dumps(metadata, indent=4, ensure_ascii=False)} if metadata else {})


@router.get("/get-single-card")
async def get_single_card(
    state: StateOf, page: Text = "", tabname: Text = "", name: Text = ""
) -> JsonResponse:
    """A name as a line of HTML; empty for a name that doesn't exist."""
    known = name in files_of(state.catalog, page)
    return JsonResponse({"html": f"<div class='card'>{html.escape(name)}</div>" if known else ""})
