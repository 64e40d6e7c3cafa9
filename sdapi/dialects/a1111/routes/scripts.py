"""Scripts and extensions."""

from __future__ import annotations

from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter

from pipelines.scripting.script_file import Names, Script, ScriptArgument
from sdapi.core.state import StateOf
from sdapi.dialects.a1111.schemas import listings as rows
from sdapi.http.responses import JsonResponse
from sdapi.intent.names import script_names
from sdapi.intent.scripts import listed
from sdapi.listings.extension_listing import list_extensions

router = APIRouter(prefix="/sdapi/v1")


@router.get("/scripts", response_model=rows.ScriptsList)
async def get_scripts_list(state: StateOf) -> JsonResponse:
    """Script names by kind of request."""
    return JsonResponse(
        {
            "txt2img": [s.name for s in listed(state.scripts, is_img2img=False)],
            "img2img": [s.name for s in listed(state.scripts, is_img2img=True)],
        }
    )


@router.get("/script-info", response_model=list[rows.ScriptInfo])
async def get_script_info(state: StateOf) -> JsonResponse:
    """Scripts with their arguments, those of txt2img first."""
    names = script_names(state)
    return JsonResponse(
        [
            _info(script, names, is_img2img=is_img2img)
            for is_img2img in (False, True)
            for script in listed(state.scripts, is_img2img=is_img2img)
            if script.in_info
        ]
    )


@router.get("/extensions", response_model=list[rows.ExtensionItem])
async def get_extensions_list(state: StateOf) -> JsonResponse:
    """Extensions in the data folder that are git checkouts."""
    disabled = frozenset(map(str, state.store.get("disabled_extensions") or ()))
    return JsonResponse(await run_sync(list_extensions, state.config.data / "extensions", disabled))


def _info(script: Script, names: Names, *, is_img2img: bool) -> dict[str, Any]:
    return {
        "name": script.name,
        "is_alwayson": script.always_on,
        "is_img2img": is_img2img,
        "args": [_arg(arg) for arg in script.arguments(is_img2img, names)],
    }


def _arg(arg: ScriptArgument) -> dict[str, Any]:
    return {
        "label": arg.label,
        "value": arg.value,
        "minimum": arg.minimum,
        "maximum": arg.maximum,
        "step": arg.step,
        "choices": None if arg.choices is None else list(arg.choices),
    }
