"""One request being carried out: its jobs, a few at a time, their progress, pictures and errors."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from anyio.to_thread import run_sync

from extensions.swarmui.models.choices import Choices, bare, checkpoint_name
from extensions.swarmui.parameters.request import SwarmRequest
from extensions.swarmui.prompts.world import PromptWorld
from extensions.swarmui.runs.intent import CFG, STEPS, ask
from extensions.swarmui.runs.made import MadePicture, Making
from extensions.swarmui.runs.prompting import PromptsOfPicture, prompts_of
from extensions.swarmui.runs.registry import Counts
from extensions.swarmui.runs.seeds import SwarmSeeds, seeds_of
from extensions.swarmui.runs.status import runs_of
from extensions.swarmui.sessions.session import SwarmSession
from pipelines.plugin import Cancelled, GenerationRequest, GenerationResult, InvalidRequest, JobState, JobView
from sdapi.plugin import progress_of, result_of, submit

log = logging.getLogger(__name__)

AT_ONCE = 4
"""Jobs of one request in the queue; more would only wait there."""
INTERRUPTED = "Generation session interrupted."


class Audience(Protocol):
    """Receives a request's progress, pictures and first error."""

    def progressed(self, run: SwarmRun, index: int, view: JobView) -> None:
        """Take the progress of a job."""
        ...

    def counted(self) -> None:
        """Take note that the session's counts have changed."""
        ...

    async def picture(self, run: SwarmRun, made: MadePicture) -> None:
        """Take a finished picture; return when another can be taken."""
        ...

    async def failed(self, run: SwarmRun, error: Exception) -> None:
        """Take the error that ends the request."""
        ...


@dataclass(slots=True, kw_only=True)
class SwarmRun:
    """A request and its jobs. ``offset``: pictures that the same socket asked for before."""

    session: SwarmSession
    request: SwarmRequest
    choices: Choices
    world: PromptWorld
    making: Making
    audience: Audience
    offset: int = 0
    id: str
    stopped: bool = False
    interrupted: bool = False
    errors: list[Exception] = field(default_factory=list[Exception])
    warnings: list[str] = field(default_factory=list[str])
    _views: dict[str, JobView | None] = field(default_factory=dict[str, "JobView | None"])
    _left: int = 0
    _reported: bool = False

    @property
    def session_id(self) -> str:
        """Id of the session that asked."""
        return self.session.id

    @property
    def client(self) -> str:
        """The caller, which may have several sessions."""
        return self.session.state.caller.client

    @property
    def batch(self) -> int:
        """Pictures of one job."""
        return self.request.get("batchsize", 1)

    @property
    def size(self) -> int:
        """Pictures of the whole request."""
        return self.request.get("images", 1) * self.batch

    def counts(self) -> Counts:
        """Count the pictures that are missing, loading a model, waiting and being drawn."""
        views = list(self._views.values())
        running = [view for view in views if view is not None and view.state is JobState.RUNNING]
        loading = sum(view.progress.steps == 0 and view.progress.batch == 0 for view in running)
        waiting = sum(_waits(view) for view in views)
        return Counts(
            waiting_gens=self._left,
            loading_models=loading,
            waiting_backends=waiting * self.batch,
            live_gens=(len(running) - loading) * self.batch,
        )

    async def work(self) -> None:
        """Make all pictures; the audience gets the error where that fails."""
        self._left = self.size
        registry = runs_of(self.session.state)
        registry.add(self)
        try:
            seeds, loops = seeds_of(self.request), iter(range(self.request.get("images", 1)))
            alone = self.session.state.caller.concurrent is not None
            workers = 1 if alone else min(AT_ONCE, self.request.get("images", 1))
            await asyncio.gather(*(self._loops(loops, seeds) for _ in range(workers)))
            if self.interrupted and not self._reported:
                await self._fail(Cancelled(INTERRUPTED))
        finally:
            self._left = 0
            registry.remove(self)
            self.audience.counted()

    async def interrupt(self) -> None:
        """Give up what waits and what runs."""
        self.stopped = self.interrupted = True
        await self._cancel(lambda view: True)

    async def leave(self) -> None:
        """Give up what has not begun, and what could not be fetched later, as the client is gone."""
        self.stopped = True
        keeps = self.making.keeps
        await self._cancel(lambda view: not keeps or _waits(view))

    async def _cancel(self, meant: Callable[[JobView | None], bool]) -> None:
        for job_id in [job_id for job_id, view in self._views.items() if meant(view)]:
            await self.session.state.jobs.cancel(job_id)

    async def _loops(self, loops: Iterator[int], seeds: SwarmSeeds) -> None:
        for loop in loops:
            if self.stopped:
                return
            try:
                await self._loop(loop * self.batch, seeds)
            except Exception as error:
                await self._fail(error)
            self._left = max(self._left - self.batch, 0)
            self.audience.counted()

    async def _fail(self, error: Exception) -> None:
        """Report the first error and give up the rest, unless the client wants to go on after errors."""
        if isinstance(error, Cancelled):
            if not self.interrupted and self.stopped:
                return  # given up after another error, or because the client has left
            error = Cancelled(INTERRUPTED)
        goes_on = self.request.get("continueaftererrors", False) and not self.interrupted
        self.errors.append(error)
        if goes_on:
            self._warn(f"a picture is missing: {error}")
        else:
            first, self.stopped, self._reported = not self._reported, True, True
            await self._cancel(lambda view: True)
            if first:
                await self.audience.failed(self, error)

    async def _loop(self, index: int, seeds: SwarmSeeds) -> None:
        """One job and its pictures."""
        started = time.perf_counter()
        own = await run_sync(prompts_of, self.request, self.world, self.choices, seeds.chance(index))
        asked = await ask(
            own.request, own.prompt, own.negative, seeds.of(index), self.choices, self.session.state
        )
        self._warn(*own.warnings, *asked.warnings)
        prepared = time.perf_counter()
        result = await self._result(asked.request, index)
        self._warn(*result.warnings)
        seconds = {"prep_time": prepared - started, "generation_time": time.perf_counter() - prepared}
        extra = {**{name: f"{value:.2f} sec" for name, value in seconds.items()}, **own.extra}
        if not result.images:
            raise InvalidRequest("No images were generated (all refused, or failed). See the server's log.")
        for number, png in enumerate(result.images[: self.batch]):  # maps and the like come after pictures
            values = self._values(own, asked.request, seeds, index, number)
            infotexts: list[str] = list(result.info.get("infotexts") or [])
            infotext = infotexts[number] if number < len(infotexts) else None
            made = await run_sync(self.making.picture, png, index + number, values, extra, infotext)
            await self.audience.picture(self, made)

    async def _result(self, request: GenerationRequest, index: int) -> GenerationResult:
        state = self.session.state
        handle = await submit(state, request, session=self.session.turn)
        self._views[handle.id] = None
        self.audience.counted()
        watch = asyncio.create_task(self._watch(handle.id, index))
        try:
            if self.stopped:
                await state.jobs.cancel(handle.id)
            return await result_of(handle, GenerationResult, state)
        finally:
            watch.cancel()
            self._views.pop(handle.id, None)

    async def _watch(self, job_id: str, index: int) -> None:
        async for view in progress_of(job_id, self.session.state.jobs):
            before, self._views[job_id] = self._views.get(job_id), view
            if before is None or _place(before) != _place(view):
                self.audience.counted()
            self.audience.progressed(self, index, view)

    def _values(
        self,
        own: PromptsOfPicture,
        asked: GenerationRequest,
        seeds: SwarmSeeds,
        index: int,
        number: int,
    ) -> Mapping[str, Any]:
        """Return the parameters for a picture's metadata: those asked for, and those drawn and looked up."""
        drawn = seeds.of(index)
        items = self.session.state.catalog.checkpoints()
        model = next((checkpoint_name(i) for i in items if i.filename == asked.checkpoint), "")
        found: dict[str, Any] = {
            **own.request.values,
            "prompt": own.prompt.base,
            "negativeprompt": own.negative,
            "model": bare(model),
            "seed": (drawn.seed or 0) + (0 if seeds.varies else number),
            "steps": own.request.get("steps", STEPS),
            "cfgscale": own.request.get("cfgscale", CFG),
            "width": asked.width,
            "height": asked.height,
        }
        if drawn.subseed is not None:
            found["variationseed"] = drawn.subseed + (number if seeds.varies else 0)
        return found

    def _warn(self, *texts: str) -> None:
        """Note and log each warning once."""
        for text in texts:
            if text not in self.warnings:
                self.warnings.append(text)
                log.info("request %s: %s", self.id, text)


def _waits(view: JobView | None) -> bool:
    """True for a job that has not begun."""
    return view is None or view.state is JobState.QUEUED


def _place(view: JobView) -> tuple[JobState, bool]:
    return view.state, view.progress.steps == 0
