"""Dialects of extensions: loaded once the server answers, so that its start needn't wait for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress

from fastapi import APIRouter
from starlette.types import ASGIApp, Receive, Scope, Send

from sdapi.core.hooks import ApiHooks
from sdapi.core.state import State
from sdapi.http.declared import door_of

log = logging.getLogger(__name__)

PATIENCE = 1.0
"""Seconds after the start at which they are loaded even if nobody has asked for anything."""


class LateDialects:
    """Loads them once: after the server's first answer, or before that of a request that needs them."""

    def __init__(self, hooks: ApiHooks, add: Callable[[Sequence[APIRouter]], None]) -> None:
        self._hooks = hooks
        self._add = add
        self._background: _Background | None = None
        self.pending = hooks.has_unloaded()

    def load(self) -> None:
        """Load them now; from the event loop's thread, which waits."""
        self._hooks.load_dialects()
        self._serve()

    async def loaded(self) -> None:
        """Return when they are served; the loop goes on meanwhile."""
        if self._background is None:
            self.load()
        else:
            await self._background.loaded()

    def wanted(self) -> None:
        """Say that the server has answered somebody."""
        if self._background is not None:
            self._background.wanted.set()

    def _serve(self) -> None:
        if self.pending:
            self.pending = False
            self._add(self._hooks.dialect_routers())

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
            if await background.asked():
                await asyncio.to_thread(self._hooks.load_dialects)
                async with self._hooks.dialects_running(state):
                    self._serve()
                    background.served.set()
                    await background.stopped.wait()
        except Exception:
            log.exception("the dialects of extensions are left out")
        finally:
            background.served.set()


class _Background:
    """What the loading task is told and tells."""

    def __init__(self) -> None:
        self.wanted = asyncio.Event()
        self.served = asyncio.Event()
        self.stopped = asyncio.Event()

    async def asked(self) -> bool:
        """Wait until they are wanted, not for long; False where the server stops."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.wanted.wait(), PATIENCE)
        return not self.stopped.is_set()

    async def loaded(self) -> None:
        """Ask for them, and wait."""
        self.wanted.set()
        await self.served.wait()

    def stop(self) -> None:
        """Let the task end."""
        self.stopped.set()
        self.wanted.set()


class DialectsFirst:
    """Middleware: a request that no route takes waits until the dialects are loaded."""

    def __init__(self, app: ASGIApp, dialects: LateDialects) -> None:
        self.app = app
        self._dialects = dialects

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        late = self._dialects
        if late.pending and scope["type"] != "lifespan" and not door_of(scope).knows(scope):
            await late.loaded()
        await self.app(scope, receive, send)
        late.wanted()
