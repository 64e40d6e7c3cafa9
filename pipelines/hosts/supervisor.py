"""The server's side of one engine: its host is started, watched, and replaced when it dies."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from contextlib import suppress
from typing import Protocol

from pipelines.contract.codec import CodecError
from pipelines.contract.control import Action
from pipelines.contract.errors import EngineLost
from pipelines.contract.failure import Failure
from pipelines.contract.progress import Progress
from pipelines.hosts.engine_spec import EngineSpec
from pipelines.hosts.link import Link
from pipelines.hosts.protocol import (
    Advanced,
    Control,
    Failed,
    Finished,
    Heartbeat,
    Logged,
    Ready,
    RunJob,
    Shutdown,
    Start,
    StartFailed,
    ToEngine,
)
from pipelines.hosts.view import EngineView

log = logging.getLogger(__name__)


class EngineListener(Protocol):
    """The receiver of all that happens to an engine and its jobs."""

    def engine_ready(self, engine: Supervisor) -> None: ...

    def engine_broken(self, engine: Supervisor, failure: Failure) -> None:
        """Handle a failed start; ``engine.failures`` counts those in a row."""
        ...

    def engine_lost(self, engine: Supervisor, job_ids: Collection[str], reason: str) -> None:
        """Handle the death of a host with these jobs; another one is started."""
        ...

    def job_advanced(self, job_id: str, progress: Progress) -> None: ...

    def job_finished(self, engine: Supervisor, job_id: str, result: bytes) -> None: ...

    def job_failed(self, engine: Supervisor, job_id: str, failure: Failure) -> None: ...


class Supervisor:
    """Keeps one engine alive. ``number`` is its place among the engines of the server."""

    def __init__(self, number: int, spec: EngineSpec, listener: EngineListener) -> None:
        self.number = number
        self.spec = spec
        self.ready = False
        self.capacity = 1
        self.failures = 0
        self.life = 0
        self.resident: tuple[str, ...] = ()
        """Its checkpoints: those it reported when it rested last, and those of its jobs since."""
        self.batch_group = ""
        """The batch group of the jobs that it runs; empty for a job that runs alone."""
        self.pid: int | None = None
        self.node = ""
        """Its node in a cluster; empty on this machine."""
        self.heartbeat: Heartbeat | None = None
        self.jobs: set[str] = set()
        self.culprit = ""
        """Id of the job that its host is being ended for; empty for none."""
        self._ended = ""
        self._listener = listener
        self._link: Link | None = None
        self._broken: Failure | None = None
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def free(self) -> bool:
        """True if it can take a job now."""
        return self.ready and not self._stopping.is_set() and len(self.jobs) < self.capacity

    def view(self) -> EngineView:
        """Return the engine as it is at this moment."""
        heartbeat = self.heartbeat or Heartbeat(rss=0)
        return EngineView(
            number=self.number,
            device=self.spec.settings.device,
            node=self.node,
            ready=self.ready,
            jobs=len(self.jobs),
            restarts=self.life,
            resident=self.resident,
            rss=heartbeat.rss,
            memory=heartbeat.device,
            batches=heartbeat.batches,
        )

    def take(self, job_id: str, *, checkpoint: str, batch_group: str) -> None:
        """Count a job as one of its own, before it is sent."""
        self.jobs.add(job_id)
        self.batch_group = batch_group
        if checkpoint and checkpoint not in self.resident:
            self.resident = (*self.resident, checkpoint)

    def start(self) -> None:
        """Begin to keep it alive; returns at once."""
        self._task = asyncio.create_task(self._supervise(), name=f"engine-{self.number}")

    def run(self, job_id: str, request: bytes, *, life: int) -> bool:
        """Send a job to the host that was alive in ``life``; False if that one is gone."""
        if life != self.life or not self.ready:
            return False
        self._send(RunJob(job_id=job_id, request=request))
        return True

    def control(self, job_id: str, action: Action) -> None:
        """Pass an action on to a job that it runs."""
        self._send(Control(job_id=job_id, action=action.value))

    async def close(self, grace: float = 5.0) -> None:
        """End the host, by force after ``grace`` seconds."""
        self._stopping.set()
        if self._task is None:
            return
        if not self.ready:
            self.kill()
        self._send(Shutdown())
        done, _ = await asyncio.wait({self._task}, timeout=grace)
        if not done:
            self.kill()
            await self._task

    def end(self, reason: str, *, culprit: str) -> None:
        """End the host because of one of its jobs, the ``culprit``; another host is started."""
        self._ended, self.culprit = reason, culprit
        self.kill()

    def kill(self) -> None:
        """End the host at once."""
        if self._link is not None:
            self._link.kill()

    def _send(self, message: ToEngine) -> None:
        if self._link is not None:
            self._link.send(message)

    async def _supervise(self) -> None:
        while not self._stopping.is_set():
            reason = await self._live()
            reason, self._ended = self._ended or reason, ""
            self.ready, self.heartbeat, self.resident = False, None, ()
            self.pid, self.node = None, ""
            self.life += 1
            lost, self.jobs = self.jobs, set()
            if not self._stopping.is_set():
                log.warning("engine %d ended: %s", self.number, reason)
                self._listener.engine_lost(self, lost, reason)
                self.culprit = ""
                await self._pause()

    async def _pause(self) -> None:
        seconds = (
            min(self.spec.pause_first * 2 ** (self.failures - 1), self.spec.pause_most)
            if self.failures
            else 0.0
        )
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    async def _live(self) -> str:
        """Run one host to its end and return the reason of its end."""
        self._broken = None
        try:
            self._link = await self.spec.open()
        except OSError as error:
            reason = f"there is no place for it: {error}"
        else:
            reason = await self._follow(self._link)
        if not self.ready and not self._stopping.is_set():
            failure = self._broken or Failure(kind=EngineLost.__name__, message=reason)
            self.failures += 1
            self._listener.engine_broken(self, failure)
        return reason

    async def _follow(self, link: Link) -> str:
        if self._stopping.is_set():
            link.kill()
        link.send(Start(engine=self.spec.engine, settings=self.spec.settings))
        try:
            reason = await self._listen(link)
        finally:
            end = await link.close()
        return reason or end

    async def _listen(self, link: Link) -> str:
        """Handle its messages until it ends; return the reason if the server ended it, else ""."""
        while True:
            try:
                message = await link.receive(self.spec.silence)
            except TimeoutError:
                link.kill()
                return f"it said nothing for {self.spec.silence:g} seconds"
            except CodecError as error:
                link.kill()
                return f"it sent something unreadable: {error}"
            if message is None:
                return ""
            try:
                self._take(message)
            except Exception:
                log.exception("engine %d: a message could not be handled", self.number)

    def _take(self, message: object) -> None:
        match message:
            case Ready():
                self.ready, self.capacity = True, message.capacity
                self.pid, self.node = message.pid, message.node
                self._listener.engine_ready(self)
            case StartFailed():
                self._broken = message.failure
            case Logged():
                text = "engine %d on node %s: %s"
                logging.getLogger(message.logger).log(
                    message.level, text, self.number, message.node, message.text
                )
            case Heartbeat():
                self.heartbeat = message
                self.resident = self.resident if self.jobs else message.resident
            case Advanced():
                self._listener.job_advanced(message.job_id, message.progress)
            case Finished() if message.job_id in self.jobs:
                self._end(message.job_id)
                self._listener.job_finished(self, message.job_id, message.result)
            case Failed() if message.job_id in self.jobs:
                self._end(message.job_id)
                self._listener.job_failed(self, message.job_id, message.failure)
            case _:
                log.warning("engine %d sent an unexpected %s", self.number, type(message).__name__)

    def _end(self, job_id: str) -> None:
        self.jobs.discard(job_id)
        self.failures = 0
