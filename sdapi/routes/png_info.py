"""Read the parameters that a picture was made with."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter
from PIL import Image

from pipelines.images.metadata import read_metadata
from pipelines.images.novelai import novelai_infotext
from pipelines.infotext.parse import ParseRules, parse
from sdapi.infotext_rules import parse_rules
from sdapi.responses import JsonResponse
from sdapi.schemas.extras import PNGInfoRequest, PNGInfoResponse
from sdapi.state import StateOf

router = APIRouter(prefix="/sdapi/v1")


@router.post("/png-info", response_model=PNGInfoResponse)
async def pnginfoapi(req: PNGInfoRequest, state: StateOf) -> JsonResponse:
    """Infotext, remaining metadata, and the infotext's fields; defaults are filled in."""
    data = await state.images.read(req.image, field="image")
    return JsonResponse(await run_sync(describe, data, parse_rules(state), state.hooks.infotext_fields))


def describe(
    data: bytes, rules: ParseRules, extend: Callable[[dict[str, Any]], dict[str, Any]]
) -> dict[str, Any]:
    """The answer for an encoded picture; ``extend`` reads what extensions wrote."""
    with Image.open(io.BytesIO(data)) as image:
        infotext, items = read_metadata(image)
        infotext = novelai_infotext(items, image.size) or infotext
    parameters = parse(infotext, rules)
    return {"info": infotext, "items": items, "parameters": parameters | extend(parameters)}
