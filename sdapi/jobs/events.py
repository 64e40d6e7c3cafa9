"""A job's events as a stream of server-sent events (WHATWG HTML, section 9.2).

Every event shows the whole job, so a client that comes back has missed nothing once it gets the job's present
state. Ids grow as the job moves on and are computed from its state, so they hold over restarts of the server.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping

from pipelines.jobs.events import Happening, JobEvent
from pipelines.jobs.states import JobState
from pipelines.jobs.view import JobView
from sdapi.core.services import Jobs
from sdapi.http.dialect import OUR_NAMES, FieldNames
from sdapi.http.responses import dump_json, encode_base64
from sdapi.jobs.inbox import LAST, Inbox
from sdapi.jobs.item import job_item
from sdapi.jobs.result import picture_type

KEEP_ALIVE = 15.0
"""Seconds of silence after which a comment is sent, so that proxies keep the connection."""
ATTEMPT, BATCH, STEP = 10**12, 10**6, 10
"""Weights of an attempt, a batch and a step in an id; the end's id is larger: its time in microseconds."""


def event_number(view: JobView) -> int:
    """The id of a job's present state, which grows until the job's end."""
    if view.state.final:
        return max(round(view.ended * 1e6), 100 * ATTEMPT)
    running = view.state is JobState.RUNNING
    phase = 2 * view.attempts - running if view.attempts else int(running)
    progress = view.progress
    within = progress.batch % (ATTEMPT // BATCH) * BATCH + min(progress.step * STEP, BATCH - 1)
    return phase * ATTEMPT + (within if running else 0) + 1


def read_number(text: str | None) -> int:
    """The number of ``Last-Event-ID``; 0 without one, and for text that no stream of ours has sent."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 20 else 0


class _Writer:
    """Encodes events with ids above the last that the client has; ``links`` go with the end.

    ``fields`` are the client's names of our fields.
    """

    def __init__(self, last: int, links: Mapping[str, str], fields: FieldNames) -> None:
        self._last = last
        self._fields = fields
        self._links = links
        self._shown = 0

    def opening(self, view: JobView) -> list[bytes]:
        """The job's present state; nothing if the client has had it."""
        if not view.state.final and event_number(view) <= self._last:
            return []
        return [self._job("ended" if view.state.final else "state", view)]

    def event(self, event: JobEvent) -> list[bytes]:
        """The messages of one event: the job, and a preview that wasn't sent yet."""
        told = [self._job(name_of(event.what), event.job)]
        progress = event.job.progress
        if progress.preview is not None and progress.preview_id != self._shown:
            self._shown = progress.preview_id
            data = preview_item(progress.preview, self._shown)
            told.append(self._message("preview", data, self._last + 1))
        return told

    def _job(self, name: str, view: JobView) -> bytes:
        item = job_item(view, self._fields)
        if view.state.final:
            item["links"] = dict(self._links)
        return self._message(name, item, event_number(view))

    def _message(self, name: str, data: object, number: int) -> bytes:
        self._last = max(number, self._last + 1)
        return message(name, data, self._last)


async def follow(
    job_id: str,
    jobs: Jobs,
    *,
    last: int = 0,
    links: Mapping[str, str] | None = None,
    fields: FieldNames = OUR_NAMES,
) -> AsyncGenerator[bytes]:
    """Events ``state``, ``progress``, ``preview`` and last ``ended`` (or ``left``, when the server stops).

    ``last`` is the number of the last event that the client has had.
    """
    inbox, writer = Inbox(job_id), _Writer(last, links or {}, fields)
    forget = jobs.events.subscribe(inbox.listen)
    try:
        view = await jobs.find(job_id)
        for told in writer.opening(view):
            yield told
        ended = view.state.final
        while not ended:
            taken = await inbox.take(KEEP_ALIVE)
            for event in taken:
                ended = event.what in LAST
                for told in writer.event(event):
                    yield told
            if not taken:
                yield b": still here\n\n"
    finally:
        forget()


def name_of(what: Happening) -> str:
    """The name of an event in the stream."""
    return "state" if what in (Happening.QUEUED, Happening.STARTED) else what.value


def preview_item(picture: bytes, number: int) -> dict[str, object]:
    """A preview as a data URL."""
    return {"id": number, "image": f"data:{picture_type(picture)};base64,{encode_base64(picture)}"}


def message(name: str, data: object, number: int) -> bytes:
    """One event; JSON has no line breaks."""
    return b"id: %d\nevent: %s\ndata: %s\n\n" % (number, name.encode(), dump_json(data))
