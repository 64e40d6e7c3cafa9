"""Routes that are loaded once the server answers, in stages, so that its start needn't wait for them.

The server's own are a stage by themselves: no extension can keep them from being served.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from fastapi import APIRouter
from starlette.types import ASGIApp, Receive, Scope, Send

from pipelines.extending.extension_hooks import FAILURES
from sdapi.core.hooks import ApiHooks
from sdapi.core.state import State
from sdapi.http.declared import door_of

log = logging.getLogger(__name__)

PATIENCE = 1.0
"""Seconds after the start at which they are loaded even if no request has come."""

RunningContext: TypeAlias = Callable[[State], AbstractAsyncContextManager[None]]


def _nothing_runs(state: State) -> AbstractAsyncContextManager[None]:
    return nullcontext()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LatePart:
    """Routes of one owner, and what runs while they are served; if that fails, no other part is touched."""

    name: str
    routers: Callable[[], Sequence[APIRouter]]
    running: RunningContext = _nothing_runs


LateStage: TypeAlias = Callable[[], Sequence[LatePart]]
"""Imports what is loaded together, from any thread."""


def extension_stage(hooks: ApiHooks) -> Sequence[LatePart]:
    """All extensions, their dialects loaded."""
    hooks.load_dialects()
    return [
        LatePart(
            name=plugin.name,
            routers=partial(hooks.routers_of, plugin),
            running=partial(hooks.running_of, plugin),
        )
        for plugin in hooks.plugins()
    ]


class LateRoutes:
    """Loads late routes once: after the first answer, or before that of a request that needs them."""

    def __init__(self, stages: Sequence[LateStage], serve: Callable[[Sequence[APIRouter]], None]) -> None:
        self._stages = [*stages]
        self._serve = serve
        self._served: list[LatePart] = []
        self._background: _Background | None = None

    @property
    def pending(self) -> bool:
        """True while some are still to be loaded."""
        return bool(self._stages)

    def load(self) -> None:
        """Load them all now; from the event loop's thread, which waits."""
        while self._stages:
            self._load_next()

    async def more(self) -> None:
        """Return when another stage is served; the loop goes on meanwhile."""
        if self._background is None:
            self._load_next()
        else:
            await self._background.more()

    def wanted(self) -> None:
        """Note that the server has answered a request."""
        if self._background is not None:
            self._background.wanted.set()

    def _load_next(self) -> None:
        self._add(self._stages[0], _parts_of(self._stages[0]))

    def _add(self, stage: LateStage, parts: Sequence[LatePart]) -> None:
        """Serve a stage, unless the OpenAPI document had it served meanwhile."""
        if stage in self._stages:
            self._stages.remove(stage)
            for part in parts:
                self._add_part(part)

    def _add_part(self, part: LatePart) -> None:
        try:
            if routers := part.routers():  # the ``Door`` is made anew for each that has some
                self._serve(routers)
            self._served.append(part)
        except FAILURES:
            log.exception("routes of %s are left out", part.name)

    @asynccontextmanager
    async def running(self, state: State) -> AsyncGenerator[None]:
        """While entered, they are loaded in the background, and run from then on."""
        background = self._background = _Background()
        task = asyncio.create_task(self._run(background, state))
        try:
            yield
        finally:
            background.stop()
            self._background = None
            await task

    async def _run(self, background: _Background, state: State) -> None:
        try:
            async with AsyncExitStack() as stack:
                for part in self._served:
                    await _started(part, state, stack)
                if await background.asked():
                    await self._load_all(background, state, stack)
                    await background.stopped.wait()
        except Exception:
            log.exception("an extension did not end well")
        finally:
            background.served()

    async def _load_all(self, background: _Background, state: State, stack: AsyncExitStack) -> None:
        for stage in tuple(self._stages):
            if not background.stopped.is_set():
                parts = await asyncio.to_thread(_parts_of, stage)
                self._add(stage, [part for part in parts if await _started(part, state, stack)])
                background.served()


def _parts_of(stage: LateStage) -> Sequence[LatePart]:
    try:
        return stage()
    except Exception:
        log.exception("routes are left out")
        return ()


async def _started(part: LatePart, state: State, stack: AsyncExitStack) -> bool:
    """Begin a part's context, which ends with the stack; False if it fails."""
    try:
        await stack.enter_async_context(part.running(state))
    except FAILURES:
        log.exception("%s is left out", part.name)
        return False
    return True


class _Background:
    """Signals to and from the loading task."""

    def __init__(self) -> None:
        self.wanted = asyncio.Event()
        self.stopped = asyncio.Event()
        self._next = asyncio.Event()

    async def asked(self) -> bool:
        """Wait until they are wanted, at most ``PATIENCE`` seconds; False where the server stops."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self.wanted.wait()
        return not self.stopped.is_set()

    async def more(self) -> None:
        """Ask for them, and wait for the next stage."""
        self.wanted.set()
        await self._next.wait()

    def served(self) -> None:
        """Wake the requests that wait for a stage."""
        self._next.set()
        self._next = asyncio.Event()

    def stop(self) -> None:
        """Let the task end."""
        self.stopped.set()
        self.wanted.set()
        self.served()


class RoutesFirst:
    """Middleware: a request that no route takes waits until one does or all are loaded."""

    def __init__(self, app: ASGIApp, late: LateRoutes) -> None:
        self.app = app
        self._late = late

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        late = self._late
        while late.pending and scope["type"] != "lifespan" and not door_of(scope).knows(scope):
            await late.more()
        await self.app(scope, receive, send)
        late.wanted()
