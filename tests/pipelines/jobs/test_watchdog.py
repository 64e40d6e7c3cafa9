"""Jobs that can't be stopped lose their engine; jobs beyond their time end; others don't suffer for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.contract.errors import Cancelled, TimedOut
from pipelines.hosts.bounds import JobBounds
from pipelines.jobs.intake import Room
from pipelines.jobs.service import JobService, ServicePolicy
from pipelines.jobs.states import JobState
from tests.pipelines.jobs.helpers import make_request, make_spec, running_service, until


def policy(**bounds: float) -> ServicePolicy:
    return ServicePolicy(room=Room(jobs=100), bounds=JobBounds(**bounds))  # pyright: ignore[reportArgumentType]


async def begun(service: JobService, job_id: str) -> None:
    """Wait until a job runs in its engine."""
    await until(lambda: job_id in service.running() and service.runner.live[job_id].watch.started)


async def gone_deaf(service: JobService) -> None:
    """Wait until the job ``deaf`` takes no more messages."""
    await until(lambda: "deaf" in service.running() and service.runner.live["deaf"].progress.steps > 0)


async def test_a_job_that_does_not_heed_a_cancel_loses_its_engine() -> None:
    async with running_service(policy=policy(heed=0.3)) as service:
        handle = await service.submit(make_request("deaf"), job_id="deaf")
        await gone_deaf(service)
        await service.cancel("deaf")
        with pytest.raises(Cancelled, match=r"did not stop within 0.3 seconds, so that its engine was ended"):
            await handle.result()
        assert (await service.find("deaf")).state is JobState.CANCELLED
        after = await service.submit(make_request(), job_id="after")
        await after.result()
        assert service.engines()[0].restarts == 1


async def test_a_job_that_heeds_a_cancel_costs_no_engine() -> None:
    async with running_service(policy=policy(heed=5.0)) as service:
        handle = await service.submit(make_request(steps=100_000), job_id="long")
        await begun(service, "long")
        await service.cancel("long")
        with pytest.raises(Cancelled):
            await handle.result()
        assert service.engines()[0].restarts == 0


@pytest.mark.parametrize(("prompt", "restarts"), [("a cat", 0), ("deaf", 1)])
async def test_a_job_beyond_its_time_fails_and_says_so(prompt: str, restarts: int) -> None:
    async with running_service(policy=policy(heed=0.3, deadline=0.3)) as service:
        handle = await service.submit(make_request(prompt, steps=100_000), job_id="long")
        with pytest.raises(TimedOut, match="--job-timeout"):
            await handle.result()
        view = await service.find("long")
        assert view.state is JobState.FAILED
        assert view.failure is not None and view.failure.kind == "TimedOut"
        await until(service.ready)
        assert service.engines()[0].restarts == restarts


async def test_waiting_is_no_computing() -> None:
    async with running_service(policy=policy(deadline=1.0)) as service:
        handles = [await service.submit(make_request(steps=40), job_id=f"job-{k}") for k in range(4)]
        for handle in handles:
            await handle.result()


async def test_a_neighbour_of_a_deaf_job_runs_again_without_a_mark() -> None:
    """An engine of two places; the neighbour would be given up if it were blamed."""

    spec = make_spec()
    spec = replace(spec, settings=replace(spec.settings, concurrent_jobs=2))
    rules = ServicePolicy(bounds=JobBounds(heed=0.3, losses=1))
    async with running_service([spec], policy=rules) as service:
        neighbour = await service.submit(make_request("a cat", steps=60), job_id="neighbour")
        await begun(service, "neighbour")
        deaf = await service.submit(make_request("deaf"), job_id="deaf")
        await gone_deaf(service)
        await service.cancel("deaf")
        with pytest.raises(Cancelled, match="engine was ended"):
            await deaf.result()
        await neighbour.result()
