"""A job store without a file: for tests, and for servers that may forget (`--db :memory:`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from pipelines.jobs.records import JobRecord, Transition
from pipelines.jobs.states import FINAL, JobState
from pipelines.jobs.store import DuplicateJob, Retention, UnknownJob, makes_way


class MemoryStore:
    """A ``JobStore`` of dictionaries, in the order of arrival."""

    def __init__(self) -> None:
        self._records: dict[str, JobRecord] = {}
        self._requests: dict[str, bytes] = {}
        self._results: dict[str, bytes] = {}
        self._sequence = 0

    def add(self, record: JobRecord, request: bytes) -> JobRecord:
        old = self._records.get(record.id)
        if old is not None and not makes_way(old, record):
            raise DuplicateJob(record.id)
        self._forget(record.id)
        self._sequence += 1
        record = replace(record, sequence=self._sequence)
        self._records[record.id], self._requests[record.id] = record, request
        return record

    def get(self, job_id: str) -> JobRecord | None:
        return self._records.get(job_id)

    def request(self, job_id: str) -> bytes:
        self._known(job_id)
        return self._requests[job_id]

    def request_size(self, job_id: str) -> int:
        return len(self.request(job_id))

    def result(self, job_id: str) -> bytes | None:
        self._known(job_id)
        return self._results.get(job_id)

    def update(self, job_id: str, change: Transition, *, result: bytes | None = None) -> JobRecord:
        record = change(self._known(job_id))
        if result is not None:
            self._results[job_id] = result
        self._records[job_id] = record
        return record

    def records(self, states: Collection[JobState], limit: int | None = None) -> Sequence[JobRecord]:
        found = [record for record in self._records.values() if record.state in states]
        return found if limit is None else found[max(0, len(found) - limit) :]

    def renew(self, owner: str, until: float) -> None:
        for job_id, record in self._records.items():
            if record.owner == owner and record.state is JobState.RUNNING:
                self._records[job_id] = replace(record, lease_until=until)

    def trim(self, retention: Retention, now: float) -> int:
        ended = sorted(self.records(FINAL), key=lambda record: (record.ended, record.sequence), reverse=True)
        size, gone = 0, 0
        for kept, record in enumerate(ended):
            size += self._size(record.id)
            if kept >= retention.count or size > retention.size or record.ended < now - retention.seconds:
                self._forget(record.id)
                gone += 1
        return gone

    def forget(self, job_id: str) -> bool:
        record = self._records.get(job_id)
        if record is None or not record.state.final:
            return False
        self._forget(job_id)
        return True

    def close(self) -> None:
        """Do nothing, as there is no file."""

    def _known(self, job_id: str) -> JobRecord:
        if job_id not in self._records:
            raise UnknownJob(job_id)
        return self._records[job_id]

    def _size(self, job_id: str) -> int:
        return len(self._requests[job_id]) + len(self._results.get(job_id, b""))

    def _forget(self, job_id: str) -> None:
        for table in (self._records, self._requests, self._results):
            table.pop(job_id, None)
