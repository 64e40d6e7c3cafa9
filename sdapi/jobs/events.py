"""A job's events as a stream of server-sent events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from pipelines.jobs.events import Happening, JobEvent
from sdapi.core.services import Jobs
from sdapi.http.images import encode_base64
from sdapi.http.responses import dump_json
from sdapi.jobs.item import job_item
from sdapi.jobs.result import picture_type

KEEP_ALIVE = 15.0
"""Seconds of silence after which a comment is sent, so that proxies keep the connection."""
LAST = frozenset({Happening.ENDED, Happening.LEFT})


class _Inbox:
    """Events of one job that the client hasn't had; progress that is overtaken is dropped."""

    def __init__(self, job_id: str) -> None:
        self._job_id = job_id
        self._events: list[JobEvent] = []
        self._arrived = asyncio.Event()

    def listen(self, event: JobEvent) -> None:
        """Take what concerns the job."""
        if event.job.id != self._job_id:
            return
        if event.what is Happening.ADVANCED and self._events and self._events[-1].what is event.what:
            self._events.pop()
        self._events.append(event)
        self._arrived.set()

    async def take(self) -> list[JobEvent]:
        """Wait for events, at most ``KEEP_ALIVE`` seconds."""
        try:
            await asyncio.wait_for(self._arrived.wait(), KEEP_ALIVE)
        except TimeoutError:
            return []
        self._arrived.clear()
        taken, self._events = self._events, []
        return taken


async def follow(job_id: str, jobs: Jobs) -> AsyncGenerator[bytes]:
    """Events ``state``, ``progress``, ``preview`` and last ``ended`` (or ``left``, when the server stops)."""
    inbox, shown = _Inbox(job_id), 0
    forget = jobs.events.subscribe(inbox.listen)
    try:
        view = await jobs.find(job_id)
        yield message("ended" if view.state.final else "state", job_item(view))
        ended = view.state.final
        while not ended:
            taken = await inbox.take()
            for event in taken:
                ended = event.what in LAST
                yield message(name_of(event.what), job_item(event.job))
                progress = event.job.progress
                if progress.preview is not None and progress.preview_id != shown:
                    shown = progress.preview_id
                    yield message("preview", preview_item(progress.preview, shown))
            if not taken:
                yield b": still here\n\n"
    finally:
        forget()


def name_of(what: Happening) -> str:
    """What an event is called in the stream."""
    return "state" if what in (Happening.QUEUED, Happening.STARTED) else what.value


def preview_item(picture: bytes, number: int) -> dict[str, object]:
    """A preview as a data URL."""
    return {"id": number, "image": f"data:{picture_type(picture)};base64,{encode_base64(picture)}"}


def message(name: str, data: object) -> bytes:
    """One event; JSON has no line breaks."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), dump_json(data))
