"""``/adetailer/v1/*``: the version, the fields of a unit, the detectors that there are."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter
from pydantic import BaseModel

from extensions.adetailer.detect.names import MEDIA_PIPE, MORE, RETINA_FACE, detector_folders, list_detectors
from extensions.adetailer.routes.unit_schema import ADetailerUnit
from extensions.adetailer.units.infotext import VERSION
from sdapi.plugin import JsonResponse, State, StateOf

router = APIRouter(prefix="/adetailer/v1")


class ADetailerVersion(BaseModel):
    """The version of the original whose arguments are understood."""

    version: str


class ADetailerModels(BaseModel):
    """Names that ``ad_model`` can take."""

    ad_model: list[str]


@router.get("/version", response_model=ADetailerVersion)
async def version() -> JsonResponse:
    """The version of the original whose arguments are understood."""
    return JsonResponse({"version": VERSION})


@router.get("/schema", response_model=dict[str, Any])
async def schema() -> JsonResponse:
    """A unit's fields, as a JSON schema."""
    return JsonResponse(ADetailerUnit.model_json_schema())


@router.get("/ad_model", response_model=ADetailerModels)
async def ad_model(state: StateOf) -> JsonResponse:
    """Names of all detectors; the folders are read again each time."""
    return JsonResponse({"ad_model": await run_sync(detector_names, state)})


def detector_names(state: State) -> list[str]:
    """Names of files, then of detectors without a file in these folders."""
    places = state.config.places
    models = Path(state.config.flags.get("models_dir") or places.data / "models")
    folders = detector_folders(models, str(state.store.get(MORE) or ""), places)
    own = MEDIA_PIPE if find_spec("mediapipe") is not None else ()
    return [*list_detectors(folders), *own, RETINA_FACE]
