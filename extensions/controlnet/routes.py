"""``/controlnet/*``: what there is, and a preprocessor's map on request."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter
from PIL import Image
from pydantic import BaseModel

from extensions.controlnet.catalog import ControlFile, control_folders, list_files
from extensions.controlnet.control_types import control_types
from extensions.controlnet.detect_request import Detection, detect_maps
from extensions.controlnet.modules import MODULES, Module
from extensions.controlnet.openpose import Pose, draw_pose
from sdapi.responses import JsonResponse
from sdapi.state import State, StateOf

VERSION = 3
router = APIRouter(prefix="/controlnet")


class Person(BaseModel):
    """Key points as flat lists of x, y, confidence; 18 of the body, 21 of a hand, 70 of a face."""

    pose_keypoints_2d: list[float]
    hand_right_keypoints_2d: list[float] | None = None
    hand_left_keypoints_2d: list[float] | None = None
    face_keypoints_2d: list[float] | None = None


class Canvas(BaseModel):
    """The poses of one picture."""

    people: list[Person]
    canvas_width: int
    canvas_height: int


@router.get("/version")
async def version() -> JsonResponse:
    """The number of the interface."""
    return JsonResponse({"version": VERSION})


@router.get("/model_list")
async def model_list(state: StateOf, update: bool = True) -> JsonResponse:
    """Titles of all control models. The folders are always read again, which takes no time."""
    return JsonResponse({"model_list": [file.title for file in await run_sync(files_of, state)]})


@router.get("/module_list")
async def module_list(alias_names: bool = False) -> JsonResponse:
    """Names of all preprocessors, by key or by label, and their sliders."""
    names = {module: module.title if alias_names else module.key for module in MODULES}
    return JsonResponse(
        {
            "module_list": list(names.values()),
            "module_detail": {name: _detail(module) for module, name in names.items()},
        }
    )


@router.get("/control_types")
async def list_control_types(state: StateOf) -> JsonResponse:
    """Modules and models by control type."""
    files = await run_sync(files_of, state)
    return JsonResponse({"control_types": control_types([file.title for file in files])})


@router.get("/settings")
async def settings(state: StateOf) -> JsonResponse:
    """How many units a user interface shows; all units that a request holds are used."""
    count = state.store.get("control_net_unit_count")
    return JsonResponse({"control_net_unit_count": 3 if count is None else int(count)})


@router.post("/detect")
async def detect(body: Detection, state: StateOf) -> JsonResponse:
    """Run a preprocessor on pictures."""
    return JsonResponse(await detect_maps(body, state))


@router.post("/render_openpose_json")
async def render_openpose_json(body: list[Canvas]) -> JsonResponse:
    """Draw poses."""
    if not body:
        return JsonResponse({"info": "No pose data detected."})
    images = [await run_sync(_drawn, canvas) for canvas in body]
    return JsonResponse({"images": images, "info": "Success"})


def files_of(state: State) -> tuple[ControlFile, ...]:
    """The control models of the application's folders."""
    return list_files(folders_of(state.config.data, state.config.flags, state.store.get))


def folders_of(data: Path, flags: Mapping[str, Any], option: Any) -> tuple[Path, ...]:
    """Where control models lie, from the flags and the option."""
    models = Path(flags.get("models_dir") or data / "models")
    more = (flags.get("controlnet_dir"), option("control_net_models_path"))
    return control_folders(models, data, tuple(Path(str(place)) for place in more if place))


def _detail(module: Module) -> dict[str, Any]:
    sliders = [
        {"name": s.name, "value": s.default, "min": s.minimum, "max": s.maximum, "step": s.step}
        for s in module.sliders
    ]
    return {"model_free": module.model_free, "sliders": sliders}


def _drawn(canvas: Canvas) -> str:
    people = [
        Pose(
            body=tuple(person.pose_keypoints_2d),
            hands=tuple(
                tuple(hand)
                for hand in (person.hand_left_keypoints_2d, person.hand_right_keypoints_2d)
                if hand
            ),
            face=tuple(person.face_keypoints_2d or ()),
        )
        for person in canvas.people
    ]
    buffer = io.BytesIO()
    Image.fromarray(draw_pose(people, canvas.canvas_width, canvas.canvas_height)).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode("ascii")
