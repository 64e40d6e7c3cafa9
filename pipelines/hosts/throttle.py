"""Hold back progress that comes too fast; the last of a burst is always sent."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Condition, Thread

from pipelines.contract.progress import Progress
from pipelines.hosts.protocol import Advanced


class Throttle:
    """Sends at most one message per job in ``interval`` seconds, from a thread of its own.

    No step waits longer than that, which leaves 30 of 50 ms for its way to the client.
    """

    def __init__(self, send: Callable[[Advanced], None], interval: float = 0.02) -> None:
        self._send = send
        self._interval = interval
        self._waiting: dict[str, Progress] = {}
        self._sent_preview: dict[str, int] = {}
        self._changed = Condition()
        Thread(target=self._loop, name="progress", daemon=True).start()

    def tell(self, job_id: str, progress: Progress) -> None:
        """Send this progress soon, unless newer progress of the job comes before."""
        with self._changed:
            self._waiting[job_id] = progress
            self._changed.notify()

    def flush(self, job_id: str) -> None:
        """Send at once what waits of a job that ends, and forget the job."""
        with self._changed:
            self._send_waiting(job_id)
            self._sent_preview.pop(job_id, None)

    def _loop(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._waiting))
                for job_id in list(self._waiting):
                    self._send_waiting(job_id)
            time.sleep(self._interval)

    def _send_waiting(self, job_id: str) -> None:
        progress = self._waiting.pop(job_id, None)
        if progress is None:
            return
        sent = self._sent_preview.get(job_id)
        self._sent_preview[job_id] = progress.preview_id
        self._send(Advanced(job_id=job_id, progress=progress.without_preview(sent)))
