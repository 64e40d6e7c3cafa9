"""Acceptance of requests: the job that one stands for, the room for it, its way into store and queue."""

from __future__ import annotations

import asyncio
import hashlib
import time
import uuid
from dataclasses import dataclass, replace

from pipelines.contract.codec import encode
from pipelines.contract.errors import NotFound, TooManyJobs
from pipelines.contract.failure import CANCELLED, Failure
from pipelines.contract.kinds import is_upkeep, kind_of
from pipelines.contract.requests import EngineRequest
from pipelines.jobs.history import History
from pipelines.jobs.live import Handle, LiveJob, Outcome, handle_of
from pipelines.jobs.records import JobRecord
from pipelines.jobs.runner import Runner
from pipelines.jobs.sender import Sender, person_of
from pipelines.jobs.states import JobState
from pipelines.jobs.store import DuplicateJob, JobStore
from pipelines.jobs.store_thread import StoreThread
from pipelines.jobs.texts import check_id, storable

FREEING_FIRST = 1000
"""Priority of what frees memory, above all that clients can ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Bounds of the queue: jobs that wait, and bytes of all requests that wait or run."""

    jobs: int = 1000
    size: int = 4 * 2**30


class Intake:
    """Takes in requests while there is room for them."""

    def __init__(self, stores: StoreThread, runner: Runner, history: History, room: Room) -> None:
        self._stores = stores
        self._runner = runner
        self._history = history
        self._room = room

    async def submit(self, request: EngineRequest, job_id: str, sender: Sender) -> Handle:
        """Accept a request, as ``JobService.submit`` describes."""
        kind, encoded = kind_of(request), encode(request)
        fingerprint = sender.fingerprint or hashlib.sha256(encoded).hexdigest()
        job_id = check_id(job_id) or f"task({kind.label_of(request)}-{uuid.uuid4().hex[:12]})"
        known = await self._same_job(job_id, fingerprint, person_of(sender.client))
        if known is not None:
            return known
        self._check_room(len(encoded), upkeep=kind.upkeep)
        if kind.upkeep:
            return await self._submit_to_all(request, encoded, job_id, sender.client)
        self._check_client(sender)
        record = JobRecord(
            id=job_id,
            kind=kind.label_of(request),
            created=time.time(),
            priority=sender.priority,
            client=storable(sender.client),
            webhook=sender.webhook,
            fingerprint=fingerprint,
            checkpoint=storable(kind.checkpoint_of(request)),
            batch_group=kind.group_of(request),
        )
        return handle_of(await self._accept_under_own_id(record, encoded))

    async def stored_outcome(self, job_id: str) -> Outcome:
        """Return the result or the failure of a job that has ended. Raises NotFound."""
        record = await self._stores.call(self._stores.durable.get, job_id)
        if record is None:
            raise NotFound(f"job {job_id} is no longer kept", field="job_id")
        if record.state is JobState.CANCELLED:
            return CANCELLED
        result = await self._stores.call(self._stores.durable.result, job_id)
        return result or record.failure or Failure(kind="SdapiError", message="the job left no result")

    async def _same_job(self, job_id: str, fingerprint: str, person: str) -> Handle | None:
        record = await self._stores.call(self._stores.durable.get, job_id)
        live = self._runner.live.get(job_id)
        found = live.record if live is not None else record
        if found is None or found.fingerprint != fingerprint or person_of(found.client) != person:
            return None
        if live is not None:
            return handle_of(live)
        if found.state is not JobState.DONE:
            return None
        return Handle(job_id, lambda: self.stored_outcome(job_id))

    def _unique(self, wanted: str, number: int = 1) -> str:
        """Return the id, with a number behind it while a job of that id has not ended."""
        job_id, number = (wanted, 2) if number == 1 else (f"{wanted}-{number}", number + 1)
        while job_id in self._runner.live or job_id in self._runner.endings.unwritten:
            job_id, number = f"{wanted}-{number}", number + 1
        return job_id

    def _check_room(self, size: int, *, upkeep: bool) -> None:
        """Raise TooManyJobs. Jobs on their way into the store count: they are in ``live`` from here on."""
        live = self._runner.live.values()
        waiting = sum(job.engine is None and is_upkeep(job.record.kind) == upkeep for job in live)
        if waiting >= self._room.jobs:
            text = f"{waiting} jobs wait already (see --max-queue)"
            raise TooManyJobs(text, retry_after=self._seconds_to_room())
        if sum(job.size for job in live) + size > self._room.size:
            text = f"the requests that wait take {self._room.size} bytes already (see --max-queue-bytes)"
            raise TooManyJobs(text, retry_after=self._seconds_to_room())

    def _check_client(self, sender: Sender) -> None:
        """Refuse a client that has as many jobs as it may. Nothing is awaited between this and its next."""
        if sender.concurrent is None:
            return
        own = sum(job.record.client == storable(sender.client) for job in self._runner.live.values())
        if own >= sender.concurrent:
            text = f"the key has {own} jobs that wait or run, and may have {sender.concurrent}"
            raise TooManyJobs(text, retry_after=self._seconds_to_room())

    def _seconds_to_room(self) -> int:
        """Guess: half of the last jobs' mean time, as a running job has on average half of its time to go."""
        return max(1, round(self._history.mean_seconds() / 2 / max(1, len(self._runner.engines))))

    async def _accept_under_own_id(self, record: JobRecord, encoded: bytes) -> LiveJob:
        """Accept a job, with a number behind its id while that is another person's."""
        number = 1
        while True:
            own = replace(record, id=self._unique(record.id, number))
            try:
                return await self._accept(own, encoded, self._stores.durable)
            except DuplicateJob:
                number += 1

    async def _accept(
        self, record: JobRecord, encoded: bytes, store: JobStore, pinned: int | None = None
    ) -> LiveJob:
        job = LiveJob(record=record, store=store, pinned=pinned, size=len(encoded))
        self._runner.live[record.id] = job
        try:
            async with job.lock:
                job.record = await self._stores.call(store.add, record, encoded)
                self._runner.enqueue(job)
        except BaseException:
            self._runner.live.pop(record.id, None)
            raise
        return job

    async def _submit_to_all(
        self, request: EngineRequest, encoded: bytes, job_id: str, client: str
    ) -> Handle:
        """One job for each engine; the handle waits for all and answers for the first."""
        kind = kind_of(request)
        jobs: list[LiveJob] = []
        for engine in self._runner.engines:
            record = JobRecord(
                id=self._unique(job_id),
                kind=kind.label_of(request),
                created=time.time(),
                priority=FREEING_FIRST if kind.frees else 0,
                client=storable(client),
                checkpoint=storable(kind.checkpoint_of(request)),
            )
            jobs.append(await self._accept(record, encoded, self._stores.volatile, engine.number))

        async def first_outcome() -> Outcome:
            outcomes = await asyncio.gather(*(asyncio.shield(job.outcome) for job in jobs))
            return next((outcome for outcome in outcomes if isinstance(outcome, Failure)), outcomes[0])

        return Handle(jobs[0].id, first_outcome)
