"""Routes that are loaded once the server answers, in stages, so that its start needn't wait for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import TypeAlias

from fastapi import APIRouter
from starlette.types import ASGIApp, Receive, Scope, Send

from sdapi.core.hooks import ApiHooks
from sdapi.core.state import State
from sdapi.http.declared import door_of

log = logging.getLogger(__name__)

PATIENCE = 1.0
"""Seconds after the start at which they are loaded even if nobody has asked for anything."""

Run: TypeAlias = Callable[[State], AbstractAsyncContextManager[None]]


def _nothing_runs(state: State) -> AbstractAsyncContextManager[None]:
    return nullcontext()


@dataclass(frozen=True, slots=True, kw_only=True)
class LateStage:
    """Routes that are loaded together, from any thread, and what runs while they are served."""

    load: Callable[[], Sequence[APIRouter]]
    running: Run = _nothing_runs


def dialect_stage(hooks: ApiHooks) -> LateStage:
    """The dialects of extensions."""

    def load() -> Sequence[APIRouter]:
        hooks.load_dialects()
        return hooks.dialect_routers()

    return LateStage(load=load, running=hooks.dialects_running)


class LateRoutes:
    """Loads them once: after the server's first answer, or before that of a request that needs them."""

    def __init__(self, stages: Sequence[LateStage], serve: Callable[[Sequence[APIRouter]], None]) -> None:
        self._stages = [*stages]
        self._serve = serve
        self._background: _Background | None = None

    @property
    def pending(self) -> bool:
        """Whether some are still to be loaded."""
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
        """Say that the server has answered somebody."""
        if self._background is not None:
            self._background.wanted.set()

    def _load_next(self) -> None:
        self._serve(self._stages.pop(0).load())

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
        async with AsyncExitStack() as stack:
            if await background.asked():
                for stage in tuple(self._stages):
                    if not background.stopped.is_set():
                        await self._enter(stage, state, stack)
                    background.served()
                await background.stopped.wait()

    async def _enter(self, stage: LateStage, state: State, stack: AsyncExitStack) -> None:
        """Load and serve one stage, which is left out if that fails."""
        try:
            routers = await asyncio.to_thread(stage.load)
            await stack.enter_async_context(stage.running(state))
        except Exception:
            log.exception("routes are left out")
            routers = ()
        if stage in self._stages:  # else the OpenAPI document was asked for meanwhile
            self._stages.remove(stage)
            self._serve(routers)


class _Background:
    """What the loading task is told and tells."""

    def __init__(self) -> None:
        self.wanted = asyncio.Event()
        self.stopped = asyncio.Event()
        self._next = asyncio.Event()

    async def asked(self) -> bool:
        """Wait until they are wanted, not for long; False where the server stops."""
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self.wanted.wait()
        return not self.stopped.is_set()

    async def more(self) -> None:
        """Ask for them, and wait for the next stage."""
        self.wanted.set()
        await self._next.wait()

    def served(self) -> None:
        """Wake those who wait for a stage."""
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
