"""Engines that die: killed, crashed, hung, and never started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from pipelines.contract.errors import EngineLost
from pipelines.contract.requests import LoadCheckpointRequest
from pipelines.hosts.process_link import ROOT
from pipelines.jobs.service import JobService
from tests.pipelines.jobs.helpers import make_request, make_spec, running_service, until


def pid_of(service: JobService) -> int:
    """The process of the first engine."""
    pid = service.runner.engines[0].pid
    assert pid is not None
    return pid


def runs(service: JobService, job_id: str) -> bool:
    """True if the engine has reported a step of this job."""
    view = service.progress(job_id)
    return view is not None and view.active and view.progress.step > 0


async def test_a_job_whose_engine_is_killed_runs_once_more() -> None:
    async with running_service() as service:
        handle = await service.submit(make_request(steps=40), job_id="job")
        after = await service.submit(make_request())
        await until(lambda: runs(service, "job"))
        os.kill(pid_of(service), signal.SIGKILL)
        await handle.result()
        await after.result()
        view = service.progress("job")
        assert view is not None
        assert view.attempts == 2
        assert next(iter(service.finished())) == "job"


@pytest.mark.parametrize("prompt", ["crash", "fatal"])
async def test_a_job_that_kills_engines_fails_and_the_next_succeeds(prompt: str) -> None:
    async with running_service() as service:
        bad = await service.submit(make_request(prompt))
        good = await service.submit(make_request())
        with pytest.raises(EngineLost, match=r"died under this job 2 times.*status"):
            await bad.result()
        await good.result()


async def test_a_job_cancelled_as_its_engine_dies_is_cancelled() -> None:
    async with running_service() as service:
        await service.submit(make_request(steps=1000), job_id="job")
        await until(lambda: runs(service, "job"))
        os.kill(pid_of(service), signal.SIGSTOP)
        await service.cancel("job")
        os.kill(pid_of(service), signal.SIGKILL)
        await until(service.finished)
        view = service.progress("job")
        assert view is not None
        assert view.state == "cancelled"


async def test_a_process_that_hangs_is_replaced() -> None:
    async with running_service([make_spec(silence=2.5)]) as service:
        handle = await service.submit(make_request(steps=40), job_id="job")
        await until(lambda: runs(service, "job"))
        os.kill(pid_of(service), signal.SIGSTOP)
        await handle.result()
        assert service.runner.engines[0].life == 1


async def test_nobody_waits_for_an_engine_that_cannot_start() -> None:
    async with running_service([make_spec("missing")]) as service:
        handle = await service.submit(make_request())
        with pytest.raises(EngineLost, match="no such device"):
            await handle.result()


async def test_one_broken_engine_of_two_holds_nothing_up() -> None:
    async with running_service([make_spec("missing"), make_spec("cpu")]) as service:
        await (await service.submit(make_request())).result()
        with pytest.raises(EngineLost, match="no such device"):
            await (await service.submit(LoadCheckpointRequest(checkpoint="model"))).result()


def test_the_process_ends_with_the_server() -> None:
    worker = subprocess.Popen(
        [sys.executable, "-m", "pipelines.hosts.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    worker.communicate(b"", timeout=20)
    assert worker.returncode == 1


async def test_sigterm_ends_a_process_after_its_job() -> None:
    async with running_service() as service:
        handle = await service.submit(make_request(steps=40), job_id="job")
        await until(lambda: runs(service, "job"))
        os.kill(pid_of(service), signal.SIGTERM)
        await handle.result()
        view = service.progress("job")
        assert view is not None
        assert view.attempts == 1
        await (await service.submit(make_request(seed=2))).result()
        assert service.runner.engines[0].life == 1
