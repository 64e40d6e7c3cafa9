"""A dialect of one's own: one JSON route, one WebSocket, its own names and its own shape of errors.

As an extension it is the module ``api`` of a package, with ``routers`` as a function of the module.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.websockets import WebSocket

from pipelines.plugin import GenerationResult
from sdapi.plugin import (
    MAKES,
    Dialect,
    Fault,
    FieldNames,
    HiresIntent,
    Intent,
    JsonResponse,
    SeedsIntent,
    StartIntent,
    State,
    StateOf,
    answer_messages,
    api_hook,
    encode_base64,
    resolve,
    result_of,
    speaks,
    submit,
    validated,
)


class Drawing(BaseModel):
    """The body of a request of this API."""

    text: str
    pictures: int = 1
    size: int = 64
    rounds: int = 20
    number: int | None = None
    model: str | None = None
    larger_by: str | None = None
    like: str | None = None


def say(fault: Fault) -> Mapping[str, Any]:
    """The body of an error in this API's form."""
    return {"ok": False, "why": fault.message, "where": fault.field}


TOY = Dialect(
    name="toy",
    say=say,
    fields=FieldNames(
        {
            "prompt": "text",
            "batch_size": "pictures",
            "width": "size",
            "height": "size",
            "steps": "rounds",
            "checkpoint": "model",
            "hires.upscaler": "larger_by",
            "start.images.0": "like",
        }
    ),
)
router = APIRouter(prefix="/toy", dependencies=[speaks(TOY), MAKES])


def intent_of(drawing: Drawing) -> Intent:
    """The same in our words."""
    return Intent(
        prompt=drawing.text,
        batch_size=drawing.pictures,
        width=drawing.size,
        height=drawing.size,
        steps=drawing.rounds,
        seeds=SeedsIntent(seed=drawing.number),
        checkpoint=drawing.model,
        hires=HiresIntent(upscaler=drawing.larger_by) if drawing.larger_by else None,
        start=StartIntent(images=(drawing.like,)) if drawing.like else None,
    )


async def draw(drawing: Drawing, state: State) -> dict[str, Any]:
    """Resolve, queue, wait, answer."""
    resolved = await resolve(intent_of(drawing), state)
    handle = await submit(state, resolved.request)
    result = await result_of(handle, GenerationResult, state)
    told = [*map(TOY.fields.of, (*resolved.warnings, *result.warnings))]
    return {"ok": True, "pictures": [*map(encode_base64, result.images)], "told": told}


@router.post("/draw")
async def draw_once(drawing: Drawing, state: StateOf) -> JsonResponse:
    """Draw, and answer with the pictures."""
    return JsonResponse(await draw(drawing, state))


@router.websocket("/live")
async def draw_live(socket: WebSocket, state: StateOf) -> None:
    """Draw what each message asks for."""

    async def answer(message: Any) -> AsyncIterator[Mapping[str, Any]]:
        drawing = validated(Drawing, message)
        yield {"ok": True, "begun": drawing.text}
        yield await draw(drawing, state)

    await answer_messages(socket, state, answer)


class ToyApi:
    """The extension of this API, with the hook that the core calls."""

    @api_hook
    def routers(self) -> Sequence[APIRouter]:
        """The one router, with all routes of this API."""
        return (router,)
