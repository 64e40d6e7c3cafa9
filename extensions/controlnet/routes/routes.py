"""``/controlnet/*``: listings of models and preprocessors, maps and drawn poses on request.

Modules that work on pictures are imported by the first request: OpenCV and numpy would be a fifth of the
server's start.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter
from starlette.responses import Response

from extensions.controlnet.preprocessors.preprocessor import Preprocessor
from extensions.controlnet.preprocessors.table import listed_preprocessors
from extensions.controlnet.routes.answers import (
    ControlNetModels,
    ControlNetModules,
    ControlNetSettings,
    ControlNetTypes,
    ControlNetVersion,
    DetectResponse,
    PosePictures,
)
from extensions.controlnet.routes.control_types import control_types
from extensions.controlnet.routes.detect_request import Detection
from extensions.controlnet.routes.pose_request import Canvas
from extensions.controlnet.units.catalog import ControlFile, control_folders, list_files
from pipelines.plugin import Places
from sdapi.plugin import MAKES, JsonResponse, State, StateOf, answers

VERSION = 3
router = APIRouter(prefix="/controlnet")


@router.get("/version", response_model=ControlNetVersion)
async def version() -> JsonResponse:
    """The number of the interface."""
    return JsonResponse({"version": VERSION})


@router.get("/model_list", response_model=ControlNetModels)
async def model_list(state: StateOf, update: bool = True) -> JsonResponse:
    """Titles of all control models. The folders are always read again, which takes no time."""
    return JsonResponse({"model_list": [file.title for file in await run_sync(files_of, state)]})


@router.get("/module_list", response_model=ControlNetModules)
async def module_list(alias_names: bool = False) -> JsonResponse:
    """Names of all preprocessors, by key or by label, and their sliders."""
    rows = listed_preprocessors()
    names = [row.title if alias_names else row.key for row in rows]
    return JsonResponse(
        {
            "module_list": names,
            "module_detail": {name: _detail(row) for name, row in zip(names, rows, strict=True)},
        }
    )


@router.get("/control_types", response_model=ControlNetTypes)
async def list_control_types(state: StateOf) -> JsonResponse:
    """Modules and models by control type."""
    files = await run_sync(files_of, state)
    return JsonResponse({"control_types": control_types([file.title for file in files])})


@router.get("/settings", response_model=ControlNetSettings)
async def settings(state: StateOf) -> JsonResponse:
    """The number of units that a user interface shows; requests may hold more, and all are used."""
    count = state.store.get("control_net_unit_count")
    return JsonResponse({"control_net_unit_count": 3 if count is None else int(count)})


@router.post("/detect", response_model=DetectResponse, responses=answers.QUEUED, dependencies=[MAKES])
async def detect(body: Detection, state: StateOf) -> Response:
    """Run a preprocessor on pictures."""
    from extensions.controlnet.routes.detection import detect_maps

    return await detect_maps(body, state)


@router.post("/render_openpose_json", response_model=PosePictures, dependencies=[MAKES])
async def render_openpose_json(body: list[Canvas]) -> JsonResponse:
    """Draw each canvas of OpenPose key points as a picture."""
    if not body:
        return JsonResponse({"info": "No pose data detected."})
    from extensions.controlnet.routes.pose_picture import pose_picture

    images = [await run_sync(pose_picture, canvas) for canvas in body]
    return JsonResponse({"images": images, "info": "Success"})


def files_of(state: State) -> tuple[ControlFile, ...]:
    """The control models of the application's folders."""
    return list_files(
        folders_of(state.config.places, state.config.flags, state.store.get("control_net_models_path"))
    )


def folders_of(places: Places, flags: Mapping[str, Any], option: object) -> tuple[Path, ...]:
    """The folders of control models, by flags and option; the option's must lie in the server's folders."""
    models = Path(flags.get("models_dir") or places.data / "models")
    named = str(option or "").strip('"')
    more = (places.readable_place(named),) if named else ()
    return control_folders(models, places.data, flags, more)


def _detail(preprocessor: Preprocessor) -> dict[str, Any]:
    sliders = [
        {"name": s.name, "value": s.default, "min": s.minimum, "max": s.maximum, "step": s.step}
        for s in preprocessor.sliders
    ]
    return {"model_free": preprocessor.model_free, "sliders": sliders}
