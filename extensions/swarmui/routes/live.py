"""GenerateText2ImageWS: several requests on one socket, with frames for every step."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter
from starlette.websockets import WebSocket

from extensions.swarmui.routes.generation import told
from extensions.swarmui.runs.begin import begin
from extensions.swarmui.runs.frames import picture_frame, progress_frame
from extensions.swarmui.runs.made import MadePicture
from extensions.swarmui.runs.run import SwarmRun
from extensions.swarmui.runs.status import status_of
from extensions.swarmui.sessions.session import SwarmSession, find_session
from extensions.swarmui.words.errors import SWARM, SwarmError
from pipelines.plugin import JobView
from sdapi.plugin import (
    MAKES,
    ApiError,
    ClientLeft,
    Conversation,
    State,
    StateOf,
    error_frame,
    message_preferences,
    speaks,
)

router = APIRouter(prefix="/API", dependencies=[speaks(SWARM), MAKES])

FIRST_SECONDS = 60.0
"""Seconds that a socket may stay silent before its first request."""
KEEP_ALIVE = 15.0
"""Seconds between two signs of life; proxies cut a connection that is silent for longer."""
FAREWELL = 2.0
"""Seconds between the wish to close and the close, in which a further request keeps the socket open."""
AT_ONCE = 64
"""Requests of one socket that may be unfinished; the next is read when one ends."""


@router.websocket("/GenerateText2ImageWS")
async def generate_text_to_image_live(socket: WebSocket, state: StateOf) -> None:
    """Make pictures as messages ask for them."""
    async with Conversation(socket, state.config.limits) as conversation:
        live = LiveSocket(socket=socket, state=state, conversation=conversation)
        try:
            await live.answer()
        except ClientLeft:
            await live.leave()


@dataclass(slots=True, kw_only=True)
class LiveSocket:
    """One socket with its requests. ``asked`` counts the pictures that they ask for together."""

    socket: WebSocket
    state: State
    conversation: Conversation
    session: SwarmSession | None = None
    asked: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])
    runs: list[SwarmRun] = field(default_factory=list[SwarmRun])

    async def answer(self) -> None:
        """Answer the first message and all that follow. Raises ClientLeft."""
        if not await self._take(FIRST_SECONDS):
            return
        while self.session is not None:
            if self.tasks:
                await self._listen()
            elif not await self._bid_farewell():
                return

    async def leave(self) -> None:
        """Let all requests give up what nobody needs, as the client is gone."""
        for run in list(self.runs):
            await run.leave()

    async def _listen(self) -> None:
        """Read further requests while some are unfinished; send a sign of life in long silence."""
        if len(self.tasks) < AT_ONCE:
            if not await self._take(KEEP_ALIVE if self.tasks else 0.0) and self.tasks:
                self.conversation.show("alive", {"keep_alive": True})
            return
        await asyncio.wait(self.tasks, timeout=KEEP_ALIVE, return_when=asyncio.FIRST_COMPLETED)
        if self.conversation.left.is_set():
            raise ClientLeft

    async def _bid_farewell(self) -> bool:
        """Announce the close; True if a further request came before it."""
        await self.conversation.say({"socket_intention": "close"})
        if await self._take(FAREWELL):
            return True
        assert self.session is not None
        await self.conversation.say(status_of(self.session.id, self.state))
        return False

    async def _take(self, seconds: float) -> bool:
        """Begin the next message's request; True if one came. A bad one is answered by an error frame."""
        try:
            message = await self._message(seconds)
            if not isinstance(message, dict):
                raise SwarmError("basic_api", "Error occurred: the message is no JSON object")
            await self._begin(message)  # pyright: ignore[reportUnknownArgumentType]
        except ClientLeft:
            raise
        except TimeoutError:
            return False
        except Exception as error:
            await self.conversation.say(error_frame(self.socket.scope, error))
        return True

    async def _message(self, seconds: float) -> Any:
        """Read the next message. Raises TimeoutError where none comes, or a request ends meanwhile."""
        if not self.tasks:
            return await self._read(seconds)
        waiting = asyncio.create_task(self._read(seconds))
        try:
            await asyncio.wait({waiting, *self.tasks}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if waiting.done():
            return waiting.result()
        raise TimeoutError

    async def _read(self, seconds: float) -> Any:
        """Read the next message. Raises SwarmError where it is not JSON."""
        try:
            return await self.conversation.message(seconds)
        except ApiError as error:
            raise SwarmError("basic_api", f"Error occurred: {error.detail}") from error

    async def _begin(self, message: Mapping[str, Any]) -> None:
        """Begin one request. Raises SwarmError, InvalidRequest."""
        session = self.session or find_session(message.get("session_id"), self.state)
        if self.session is None:
            self.session = session
            self.conversation.show("status", status_of(session.id, self.state))
        nested = isinstance(message.get("rawInput"), Mapping)
        nested = nested or self.socket.query_params.get("image_frame") == "nested"
        with message_preferences(self.socket.scope, message) as preferences:
            preferences.check()
            run = await begin(message, session, LiveAudience(self, nested=nested), offset=self.asked)
            self.asked += run.size
            self.runs.append(run)
            task = asyncio.create_task(self._work(run))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _work(self, run: SwarmRun) -> None:
        """Carry one request out, and send the frames that end it."""
        try:
            await run.work()
        finally:
            self.runs.remove(run)
        await self.conversation.say({"keep_alive": True})
        await self.conversation.say({"discard_indices": [], **told(run.warnings)})


class LiveAudience:
    """Sends one request's progress, pictures and errors on its socket."""

    def __init__(self, live: LiveSocket, *, nested: bool) -> None:
        self._live = live
        self._nested = nested
        self._shown: dict[int, tuple[int, int, int]] = {}

    def progressed(self, run: SwarmRun, index: int, view: JobView) -> None:
        """Show each step once; a slow reader gets the newest alone."""
        progress = view.progress
        place, before = (progress.batch, progress.step, progress.preview_id), self._shown.get(index)
        if progress.steps == 0 or place == before or not view.active:
            return
        self._shown[index] = place
        preview = before is None or before[2] != progress.preview_id
        frame = progress_frame(run, index, view, preview=preview, first=before is None)
        self._live.conversation.show((run.id, index, before is None), frame)

    def counted(self) -> None:
        """Show the session's counts."""
        session = self._live.session
        if session is not None:
            self._live.conversation.show("status", status_of(session.id, self._live.state))

    async def picture(self, run: SwarmRun, made: MadePicture) -> None:
        """Send a picture in the form that the client reads."""
        await self._live.conversation.say(picture_frame(run, made, nested=self._nested))

    async def failed(self, run: SwarmRun, error: Exception) -> None:
        """Send the error's frame."""
        await self._live.conversation.say(error_frame(self._live.socket.scope, error))
