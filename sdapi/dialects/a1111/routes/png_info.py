"""Read the parameters that a picture was made with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter

from pipelines.pictures.metadata import read_metadata
from pipelines.pictures.reading.opening import open_picture
from sdapi.core.state import StateOf
from sdapi.dialects.a1111.infotext.parse import ParseRules, parse
from sdapi.dialects.a1111.infotext.rules import parse_rules
from sdapi.dialects.a1111.schemas.extras import PNGInfoRequest, PNGInfoResponse
from sdapi.http.declared import MAKES
from sdapi.http.responses import JsonResponse

router = APIRouter(prefix="/sdapi/v1")


@router.post("/png-info", response_model=PNGInfoResponse, dependencies=[MAKES])
async def pnginfoapi(req: PNGInfoRequest, state: StateOf) -> JsonResponse:
    """Infotext, remaining metadata, and the infotext's fields; defaults are filled in."""
    data = await state.images.read(req.image, field="image")
    return JsonResponse(await run_sync(describe, data, parse_rules(state), state.hooks.infotext_fields))


def describe(
    data: bytes, rules: ParseRules, extend: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    """The answer for an encoded picture; ``extend`` reads what extensions wrote."""
    infotext, items = read_metadata(open_picture(data))
    parameters = parse(infotext, rules)
    return {"info": infotext, "items": items, "parameters": parameters | extend(parameters)}
