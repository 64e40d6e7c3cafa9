"""The job stores as the server's event loop uses them: one thread, one call after the other."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from pipelines.contract.errors import StoreFailed
from pipelines.jobs.live import LiveJob
from pipelines.jobs.memory_store import MemoryStore
from pipelines.jobs.records import Transition
from pipelines.jobs.store import JobStore

log = logging.getLogger(__name__)
_P = ParamSpec("_P")
_T = TypeVar("_T")


class StoreThread:
    """Calls two stores in a thread: ``durable`` outlives the server, ``volatile`` ends with it."""

    def __init__(self, open_store: Callable[[], JobStore]) -> None:
        self._open = open_store
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="job-store")
        self.durable: JobStore = MemoryStore()
        self.volatile: JobStore = MemoryStore()

    async def open(self) -> None:
        """Open the store. Raises what opening it raises."""
        self.durable = await self.call(self._open)

    async def close(self) -> None:
        """Close the store after everything that waits to be written."""
        await self.call(self.durable.close)
        self._thread.shutdown()

    async def call(self, function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Call a store in its thread. Raises StoreFailed where its file can't be read or written."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._thread, lambda: function(*args, **kwargs))
        except (sqlite3.Error, OSError) as error:
            raise StoreFailed(f"the job store can't be used: {error}") from error

    async def change(self, job: LiveJob, transition: Transition, *, result: bytes | None = None) -> None:
        """Take a job's record one step further, in the store and here."""
        job.record = await self.call(job.store.update, job.id, transition, result=result)
