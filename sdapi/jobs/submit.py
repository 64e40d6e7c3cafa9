"""Queue a request with its client's preferences, and wait for the kind of result it must have."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import TypeVar

from pipelines.contract.errors import InvalidRequest
from pipelines.contract.requests import EngineRequest
from pipelines.contract.results import EngineResult
from pipelines.jobs.sender import Sender, person_of
from sdapi.core.services import JobHandle
from sdapi.core.state import State
from sdapi.http.lax import to_int
from sdapi.jobs.accepted import Accepted, Done
from sdapi.jobs.keep_alive import with_keep_alive
from sdapi.jobs.own_folder import in_own_folder
from sdapi.jobs.preferences import PRIORITIES, Preferences, current_preferences
from sdapi.jobs.webhooks import check_webhook

R = TypeVar("R", bound=EngineResult)


async def submit(
    state: State, request: EngineRequest, *, job_id: str = "", ahead: int = 0, session: str = ""
) -> JobHandle:
    """Queue a request for the client that is being answered; without ``job_id`` the job gets a random id.

    ``ahead`` is added to the priority that the client wishes, within what clients may wish. ``session``
    names one of several clients behind an address, which take turns; all sessions of a key share one turn.
    Raises InvalidRequest for a preference that makes no sense, and TooManyJobs.
    """
    preferences = current_preferences()
    preferences.check()
    request = in_own_folder(with_keep_alive(request, preferences.keep_alive), state.caller.folder)
    handle = await state.jobs.submit(
        request,
        job_id=job_id or secrets.token_hex(8),
        sender=Sender(
            client=preferences.client if person_of(preferences.client) else (session or preferences.client),
            priority=min(_priority(preferences.priority) + ahead, PRIORITIES[-1]),
            fingerprint=preferences.fingerprint,
            webhook=check_webhook(preferences.webhook, state),
            concurrent=state.caller.concurrent,
        ),
    )
    preferences.job_id = handle.id
    return handle


async def result_of(handle: JobHandle, kind: type[R], state: State) -> R:
    """The result of a job, which is cancelled if its client leaves and wished so. Raises the job's error."""
    async with _Disconnection(state, handle, current_preferences()):
        result = await handle.result()
    if not isinstance(result, kind):
        raise TypeError(f"job {handle.id} ended with a {type(result).__name__}, not a {kind.__name__}")
    return result


async def submit_and_wait(
    state: State,
    request: EngineRequest,
    kind: type[R],
    *,
    job_id: str,
    accepted: Callable[[], None] = lambda: None,
) -> Accepted | Done[R]:
    """Queue a request; return its id with the result, or ``Accepted`` for a client that doesn't wait.

    ``accepted`` is called once the job is in the queue. Raises the error that the job failed with.
    """
    handle = await submit(state, request, job_id=job_id)
    accepted()
    if current_preferences().asynchronous:
        return Accepted(handle.id)
    return Done(job_id=handle.id, result=await result_of(handle, kind, state))


def _priority(value: object) -> int:
    try:
        if isinstance(value, float) and not value.is_integer():
            raise ValueError
        number = to_int(value)
    except ValueError as error:
        raise InvalidRequest("must be a whole number", field="priority") from error
    if number not in PRIORITIES:
        text = f"must be between {PRIORITIES[0]} and {PRIORITIES[-1]}"
        raise InvalidRequest(text, field="priority")
    return number


class _Disconnection:
    """While entered, cancels the job if the client leaves and wished it so."""

    def __init__(self, state: State, handle: JobHandle, preferences: Preferences) -> None:
        self._state = state
        self._handle = handle
        self._preferences = preferences
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> None:
        if self._preferences.ends_with_connection and self._preferences.receive is not None:
            self._task = asyncio.create_task(self._watch())

    async def __aexit__(self, *error: object) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _watch(self) -> None:
        assert self._preferences.receive is not None
        while (await self._preferences.receive())["type"] != "http.disconnect":
            pass
        await self._state.jobs.cancel(self._handle.id)
