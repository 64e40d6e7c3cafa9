"""The jobs of a request: how many at once, and what errors, interrupts and leaving clients do to them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from extensions.swarmui.runs.made import MadePicture
from extensions.swarmui.runs.registry import Counts
from extensions.swarmui.runs.run import AT_ONCE, INTERRUPTED
from extensions.swarmui.runs.status import runs_of
from pipelines.contract.errors import InvalidRequest, OutOfMemory
from pipelines.contract.requests import EngineRequest
from pipelines.contract.results import EngineResult, GenerationResult
from sdapi.core.state import State
from sdapi.http.caller import Caller
from tests.extensions.swarmui import stepped_jobs
from tests.extensions.swarmui.direct_runs import begun, until
from tests.extensions.swarmui.stepped_jobs import SteppedJobs
from tests.sdapi.fakes import answer, png

NO_ROOM = OutOfMemory("no room")


def params(made: MadePicture) -> dict[str, Any]:
    return json.loads(made.metadata or "")["sui_image_params"]


async def test_every_picture_of_a_batch_has_its_place_and_seed(direct: State, jobs: SteppedJobs) -> None:
    run, audience = await begun(direct, images=2, batchsize=2, seed=40)
    await run.work()
    assert run.size == 4
    seeds = {made.index: params(made)["seed"] for made in audience.made}
    assert seeds == {0: 40, 1: 41, 2: 42, 3: 43}


async def test_a_variation_counts_up_in_place_of_the_seed(direct: State, jobs: SteppedJobs) -> None:
    run, audience = await begun(
        direct, images=2, batchsize=2, seed=40, variationseed=7, variationseedstrength=0.5
    )
    await run.work()
    found = {made.index: (params(made)["seed"], params(made)["variationseed"]) for made in audience.made}
    assert found == {0: (40, 7), 1: (40, 8), 2: (40, 9), 3: (40, 10)}


async def test_metadata_has_what_was_drawn_and_looked_up(direct: State, jobs: SteppedJobs) -> None:
    run, audience = await begun(direct, prompt="a <random:red>")
    await run.work()
    (made,) = audience.made
    found = params(made)
    assert (found["prompt"], found["model"]) == ("a red", "tiny-sd1-b")
    assert (found["steps"], found["cfgscale"], found["width"]) == (20, 7.0, 64)
    assert 0 <= found["seed"] < 2**31
    assert "variationseed" not in found
    assert json.loads(made.metadata or "")["sui_extra_data"]["original_prompt"] == "a <random:red>"


async def test_few_jobs_of_a_request_wait_at_once(direct: State, jobs: SteppedJobs) -> None:
    jobs.held = True
    run, audience = await begun(direct, images=10, batchsize=2)
    working = asyncio.create_task(run.work())
    held = Counts(waiting_gens=20, waiting_backends=2 * (AT_ONCE - 1), live_gens=2)
    await until(lambda: run.counts() == held)
    assert len(jobs.submitted) == AT_ONCE
    jobs.held = False
    await working
    assert (len(jobs.submitted), len(audience.made), run.counts()) == (10, 20, Counts())


async def test_a_key_of_bounded_jobs_has_one_at_a_time(direct: State, jobs: SteppedJobs) -> None:
    jobs.held = True
    run, audience = await begun(replace(direct, caller=Caller(name="one", concurrent=3)), images=3)
    working = asyncio.create_task(run.work())
    await until(lambda: run.counts().live_gens == 1)
    assert len(jobs.submitted) == 1
    jobs.held = False
    await working
    assert [made.index for made in audience.made] == [0, 1, 2]


async def test_progress_names_the_first_picture_of_its_job(direct: State, jobs: SteppedJobs) -> None:
    run, audience = await begun(direct, images=2, batchsize=3)
    await run.work()
    assert {index for index, _ in audience.views} == {0, 3}


async def test_a_request_is_registered_while_it_works(direct: State, jobs: SteppedJobs) -> None:
    registry = runs_of(direct)
    seen: list[int] = []
    run, audience = await begun(direct)
    audience.counting = lambda: seen.append(len(registry.of_session(run.session_id)))
    await run.work()
    assert (seen[0], seen[-1]) == (1, 0)


async def test_the_first_error_gives_up_the_rest(direct: State, jobs: SteppedJobs) -> None:
    jobs.failure = NO_ROOM
    run, audience = await begun(direct, images=9)
    await run.work()
    assert (audience.errors, run.errors, audience.made) == ([NO_ROOM], [NO_ROOM], [])
    assert len(jobs.submitted) == AT_ONCE
    assert runs_of(direct).of_session(run.session_id) == []


async def test_errors_are_warnings_where_the_client_goes_on(direct: State, jobs: SteppedJobs) -> None:
    jobs.failure = NO_ROOM
    run, audience = await begun(direct, images=6, continueaftererrors=True)
    await run.work()
    assert (audience.errors, run.errors) == ([], [NO_ROOM] * 6)
    assert run.warnings == ["a picture is missing: no room"]
    assert len(jobs.submitted) == 6


async def test_an_interrupt_gives_up_all_jobs(direct: State, jobs: SteppedJobs) -> None:
    jobs.held = True
    run, audience = await begun(direct, images=9)
    working = asyncio.create_task(run.work())
    await until(lambda: run.counts().live_gens == 1 and len(jobs.submitted) == AT_ONCE)
    await run.interrupt()
    await working
    assert [str(error) for error in audience.errors] == [INTERRUPTED]
    assert (len(jobs.gone), len(jobs.submitted), audience.made) == (AT_ONCE, AT_ONCE, [])


async def test_an_interrupt_before_any_job_is_an_error_too(direct: State, jobs: SteppedJobs) -> None:
    run, audience = await begun(direct)
    await run.interrupt()
    await run.work()
    assert [str(error) for error in audience.errors] == [INTERRUPTED]
    assert jobs.submitted == []


async def test_an_interrupt_is_reported_after_errors_that_ended_nothing(
    direct: State, jobs: SteppedJobs
) -> None:
    jobs.failure = NO_ROOM
    bounded = replace(direct, caller=Caller(name="one", concurrent=1))
    run, audience = await begun(bounded, images=3, continueaftererrors=True)

    def hold_after_an_error() -> None:
        jobs.held = bool(run.errors)

    audience.counting = hold_after_an_error
    working = asyncio.create_task(run.work())
    await until(lambda: bool(run.errors) and run.counts().live_gens == 1)
    await run.interrupt()
    await working
    assert [str(error) for error in audience.errors] == [INTERRUPTED]


async def test_an_interrupt_after_the_last_error_is_reported_too(direct: State, jobs: SteppedJobs) -> None:
    jobs.failure = NO_ROOM
    run, audience = await begun(direct, continueaftererrors=True)
    interrupts: list[asyncio.Task[None]] = []

    def interrupt_after_the_error() -> None:
        if run.errors and not interrupts:
            interrupts.append(asyncio.create_task(run.interrupt()))

    audience.counting = interrupt_after_the_error
    await run.work()
    assert [str(error) for error in audience.errors] == [INTERRUPTED]


async def test_a_job_that_others_cancel_ends_the_request(direct: State, jobs: SteppedJobs) -> None:
    jobs.held = True
    run, audience = await begun(direct, images=2)
    working = asyncio.create_task(run.work())
    await until(lambda: run.counts().live_gens == 1)
    await jobs.cancel(jobs.running()[0])
    await working
    assert [str(error) for error in audience.errors] == [INTERRUPTED]
    assert audience.made == []


@pytest.mark.parametrize(("unsaved", "made", "gone"), [(False, 1, AT_ONCE - 1), (True, 0, AT_ONCE)])
async def test_who_leaves_gets_what_runs_if_it_is_saved(
    direct: State, jobs: SteppedJobs, unsaved: bool, made: int, gone: int
) -> None:
    jobs.held = True
    run, audience = await begun(direct, images=9, donotsave=unsaved)
    working = asyncio.create_task(run.work())
    await until(lambda: run.counts().live_gens == 1 and len(jobs.submitted) == AT_ONCE)
    await run.leave()
    jobs.held = False
    await working
    assert (len(audience.made), len(jobs.gone), audience.errors) == (made, gone, [])


def replaced(**changes: Any) -> Callable[[EngineRequest], EngineResult]:
    """An engine's answer with other values in its result."""

    def changed(request: EngineRequest) -> EngineResult:
        made = answer(request)
        assert isinstance(made, GenerationResult)
        return replace(made, **changes)

    return changed


async def test_maps_that_follow_the_pictures_are_left_out(
    direct: State, jobs: SteppedJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepped_jobs, "answer", replaced(images=(png(), png(), png(4, 4, "blue"))))
    run, audience = await begun(direct, batchsize=2)
    await run.work()
    assert [made.index for made in audience.made] == [0, 1]


async def test_no_pictures_are_an_error(
    direct: State, jobs: SteppedJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepped_jobs, "answer", replaced(images=()))
    run, audience = await begun(direct)
    await run.work()
    (error,) = audience.errors
    assert isinstance(error, InvalidRequest)
    assert "No images were generated" in error.message


async def test_each_warning_is_noted_once(
    direct: State, jobs: SteppedJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepped_jobs, "answer", replaced(warnings=("steps was clamped",)))
    run, _ = await begun(direct, images=3, prompt="<lora:nobody>")
    await run.work()
    assert run.warnings == ["prompt: there is no LoRA 'nobody'", "steps was clamped"]
