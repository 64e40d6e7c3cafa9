"""A request goes to the queue with its client's preferences, and its result is waited for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette.types import Message

from pipelines.contract.errors import InvalidRequest, OutOfMemory
from pipelines.contract.requests import CaptionRequest, EngineRequest
from pipelines.contract.results import GenerationResult, TextResult
from pipelines.jobs.view import JobView
from sdapi.core.config import ApiConfig
from sdapi.core.services import Backend
from sdapi.core.state import State
from sdapi.http.caller import Caller
from sdapi.jobs.accepted import Accepted, Done
from sdapi.jobs.preferences import Preferences, holding_preferences
from sdapi.jobs.submit import result_of, submit, submit_and_wait
from sdapi.options.store import OptionStore
from tests.sdapi.fakes import FakeCatalog, FakeHandle, FakeJobs

CAPTION = CaptionRequest(image=b"x")


@pytest.fixture
def jobs() -> FakeJobs:
    return FakeJobs()


@pytest.fixture
def state(jobs: FakeJobs, tmp_path: Path) -> State:
    services = Backend(jobs=jobs, catalog=FakeCatalog())
    return State(config=ApiConfig(data=tmp_path), services=services, store=OptionStore())


async def queued(
    state: State, preferences: Preferences, request: EngineRequest = CAPTION, **more: Any
) -> str:
    """The id of a request that was queued with these preferences."""
    with holding_preferences(preferences):
        return (await submit(state, request, **more)).id


async def test_a_job_has_the_id_that_is_given_or_one_of_its_own(state: State, jobs: FakeJobs) -> None:
    preferences = Preferences()
    assert await queued(state, preferences, job_id="mine") == "mine"
    assert preferences.job_id == "mine"
    drawn = {await queued(state, preferences), await queued(state, preferences)}
    assert len(drawn) == 2
    assert all(len(bytes.fromhex(one)) == 8 for one in drawn)


@pytest.mark.parametrize(
    ("wished", "ahead", "priority"), [(0, 0, 0), ("7", 0, 7), (-100, 5, -95), (99, 5, 100)]
)
async def test_what_is_ahead_is_added_within_what_clients_may_wish(
    state: State, jobs: FakeJobs, wished: object, ahead: int, priority: int
) -> None:
    await queued(state, Preferences(priority=wished), ahead=ahead)
    assert jobs.senders[0].priority == priority


@pytest.mark.parametrize("priority", [101, -101, "soon", 1.5, "1.5"])
async def test_a_priority_that_can_not_be_queues_nothing(
    state: State, jobs: FakeJobs, priority: object
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await queued(state, Preferences(priority=priority))
    assert (refused.value.field, jobs.submitted) == ("priority", [])


async def test_a_wish_that_is_unclear_queues_nothing(state: State, jobs: FakeJobs) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await queued(state, Preferences(unclear="async"))
    assert (refused.value.field, jobs.submitted) == ("async", [])


async def test_sessions_behind_an_address_take_turns_and_keys_have_one_for_all(
    state: State, jobs: FakeJobs
) -> None:
    await queued(state, Preferences(client="10.0.0.1"), session="tab")
    await queued(state, Preferences(client="10.0.0.1"))
    await queued(state, Preferences(client="key:a"), session="tab")
    assert [sender.client for sender in jobs.senders] == ["tab", "10.0.0.1", "key:a"]


async def test_the_callers_bound_and_the_wished_patience_go_along(state: State, jobs: FakeJobs) -> None:
    bounded = replace(state, caller=Caller(concurrent=3))
    await queued(bounded, Preferences(keep_alive=30))
    assert jobs.senders[0].concurrent == 3
    assert jobs.submitted[0][1].keep_alive == 30


async def test_who_waits_gets_id_and_result(state: State) -> None:
    accepted: list[bool] = []

    answer = await submit_and_wait(
        state, CAPTION, TextResult, job_id="mine", accepted=lambda: accepted.append(True)
    )
    assert answer == Done(job_id="mine", result=TextResult(text="a red square"))
    assert accepted == [True]


async def test_who_does_not_wait_is_told_the_id(state: State) -> None:
    with holding_preferences(Preferences(asynchronous=True)):
        told = await submit_and_wait(state, CAPTION, TextResult, job_id="mine")
    assert isinstance(told, Accepted)
    assert told.job_id == "mine"


async def test_what_the_job_failed_with_is_raised(state: State, jobs: FakeJobs) -> None:
    jobs.failure = OutOfMemory("too large")
    with pytest.raises(OutOfMemory, match="too large"):
        await submit_and_wait(state, CAPTION, TextResult, job_id="")


async def test_a_result_of_another_kind_is_a_fault_of_ours(state: State) -> None:
    with pytest.raises(TypeError, match="job x ended with a TextResult, not a GenerationResult"):
        await result_of(FakeHandle("x", TextResult(text="")), GenerationResult, state)


class SlowHandle(FakeHandle):
    """A job that ends when it is cancelled."""

    def __init__(self, jobs: FakeJobs) -> None:
        super().__init__("x", TextResult(text="late"))
        self.jobs = jobs

    async def result(self) -> TextResult:
        with anyio.move_on_after(1):
            while not self.jobs.calls:
                await anyio.sleep(0)
        return TextResult(text=", ".join(self.jobs.calls))


async def test_the_job_of_a_client_that_leaves_is_cancelled_if_it_wished_so(
    state: State, jobs: FakeJobs
) -> None:
    jobs.view = JobView(id="x")
    news: list[Message] = [{"type": "http.request"}, {"type": "http.disconnect"}]

    async def receive() -> Message:
        return news.pop(0)

    with holding_preferences(Preferences(ends_with_connection=True, receive=receive)):
        result = await result_of(SlowHandle(jobs), TextResult, state)
    assert result.text == "cancel x"
