"""A WebSocket on which each message is a request, with quota, preferences and errors as over HTTP."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, TypeAlias

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import Scope
from starlette.websockets import WebSocket, WebSocketDisconnect

from pipelines.contract.errors import SdapiError
from sdapi.core.state import State
from sdapi.http.declared import dialect_of
from sdapi.http.errors import ApiError, fault_of
from sdapi.http.limits import Limits
from sdapi.http.responses import dump_json
from sdapi.jobs.preferences import message_preferences

log = logging.getLogger(__name__)
EXPECTED = (SdapiError, HTTPException, RequestValidationError)

AnswerMessage: TypeAlias = Callable[[Any], AsyncIterator[Mapping[str, Any]]]
"""The frames that answer one message, which was read from JSON."""


async def answer_messages(
    socket: WebSocket, state: State, answer: AnswerMessage, *, once: bool = False
) -> None:
    """Answer every message, or the one message, until the client leaves; an error is a frame, too."""
    await socket.accept()
    try:
        await _answer_one(socket, state, answer)
        while not once:
            await _answer_one(socket, state, answer)
        await socket.close()
    except WebSocketDisconnect:
        return


async def _answer_one(socket: WebSocket, state: State, answer: AnswerMessage) -> None:
    text = await receive_text(socket)
    try:
        message = read_message(text, state.config.limits)
        with message_preferences(socket.scope, message) as preferences:
            preferences.check()
            async for frame in answer(message):
                await _send(socket, frame)
    except WebSocketDisconnect:
        raise
    except Exception as error:
        await _send(socket, error_frame(socket.scope, error))


def error_frame(scope: Scope, error: Exception) -> Mapping[str, Any]:
    """An error in the dialect of the socket's route; an unforeseen one is logged."""
    if not isinstance(error, EXPECTED):
        log.error("unexpected error at %s", scope.get("path"), exc_info=error)
    dialect = dialect_of(scope)
    return dialect.say(fault_of(error, dialect))


def read_message(text: str | bytes, limits: Limits) -> Any:
    """JSON within the limits of bodies. Raises ApiError."""
    if len(text) > limits.body_bytes:
        raise ApiError(413, f"the message is larger than {limits.body_bytes} bytes (see --max-body-bytes)")
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if sum(map(data.count, (b",", b"[", b"{"))) > limits.body_values:
        raise ApiError(413, f"the message has more than {limits.body_values} values")
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ApiError(422, "the message is no JSON") from error


async def receive_text(socket: WebSocket) -> str | bytes:
    """The next message. Raises WebSocketDisconnect."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1000), message.get("reason"))
    return message.get("text") or message.get("bytes") or ""


async def _send(socket: WebSocket, frame: Mapping[str, Any]) -> None:
    await socket.send_text(dump_json(dict(frame)).decode())
