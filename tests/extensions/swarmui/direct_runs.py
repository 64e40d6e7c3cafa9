"""Requests of SwarmUI's API carried out without HTTP: a queue that steps, an audience that takes notes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from extensions.swarmui.runs.begin import begin
from extensions.swarmui.runs.made import MadePicture
from extensions.swarmui.runs.run import SwarmRun
from extensions.swarmui.sessions.server import server_of
from extensions.swarmui.sessions.session import SwarmSession, find_session
from pipelines.jobs.view import JobView
from sdapi.core.state import State
from tests.extensions.swarmui.conftest import EXTENSIONS, app_around
from tests.extensions.swarmui.stepped_jobs import SteppedJobs


@dataclass(slots=True)
class NotedAudience:
    """Notes the pictures, views and errors of a request; ``counting`` is called when counts change."""

    made: list[MadePicture] = field(default_factory=list[MadePicture])
    views: list[tuple[int, JobView]] = field(default_factory=list[tuple[int, JobView]])
    errors: list[Exception] = field(default_factory=list[Exception])
    counting: Callable[[], None] = lambda: None

    def progressed(self, run: SwarmRun, index: int, view: JobView) -> None:
        self.views.append((index, view))

    def counted(self) -> None:
        self.counting()

    async def picture(self, run: SwarmRun, made: MadePicture) -> None:
        self.made.append(made)

    async def failed(self, run: SwarmRun, error: Exception) -> None:
        self.errors.append(error)


def state_around(data: Path, *, extensions: tuple[str, ...] = EXTENSIONS) -> State:
    """The state of an application on a queue that steps, which nothing serves."""
    app: Any = app_around(SteppedJobs(), data, extensions=extensions)
    return app.state.sdapi


def jobs_of(state: State) -> SteppedJobs:
    """The queue of such a state, as if nothing had been submitted."""
    jobs = state.services.jobs
    assert isinstance(jobs, SteppedJobs)
    jobs.begin_anew()
    return jobs


def session_in(state: State) -> SwarmSession:
    """A new session of the state's caller."""
    return find_session(server_of(state).sessions.issue(state.caller.client), state)


async def begun(state: State, **fields: Any) -> tuple[SwarmRun, NotedAudience]:
    """A request for small pictures that are not saved, and its audience."""
    audience = NotedAudience()
    body = {"images": 1, "width": 64, "height": 64, "prompt": "a", "donotsave": True, **fields}
    return await begin(body, session_in(state), audience), audience


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop turn until a condition holds."""
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0.001)
    pytest.fail("the condition never held")
