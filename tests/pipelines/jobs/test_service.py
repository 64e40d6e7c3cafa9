"""The service with a fake engine in a real process: results, errors, ids, order, limits, actions."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipelines.contract.errors import (
    Cancelled,
    InvalidRequest,
    NotFound,
    OutOfMemory,
    SdapiError,
    ShuttingDown,
    TooManyJobs,
)
from pipelines.contract.requests import LoadCheckpointRequest, UnloadRequest
from pipelines.contract.results import CheckpointResult, EngineResult, GenerationResult
from pipelines.jobs.intake import Room
from pipelines.jobs.sender import Sender
from pipelines.jobs.service import JobService, ServicePolicy
from pipelines.jobs.sqlite_store import SqliteStore
from pipelines.jobs.states import JobState
from tests.pipelines.jobs.helpers import make_request, make_spec, running_service, until


def images(result: EngineResult) -> list[bytes]:
    """The pictures of a generation."""
    assert isinstance(result, GenerationResult)
    return list(result.images)


def batch_group(result: EngineResult) -> int:
    """Return the most jobs that ran together with this one."""
    assert isinstance(result, GenerationResult)
    return int(result.info["batch_group"])


def device(result: EngineResult) -> str:
    """The engine that made it."""
    assert isinstance(result, GenerationResult)
    return str(result.info["device"])


def started(service: JobService, job_id: str) -> bool:
    """True if a job has made its first step."""
    view = service.progress(job_id)
    return view is not None and view.active and view.progress.step > 0


def test_importing_the_service_imports_no_torch() -> None:
    code = "import sys, pipelines.jobs.service, pipelines.jobs.sqlite_store; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


async def test_answers_with_the_result() -> None:
    async with running_service() as service:
        handle = await service.submit(make_request(seed=7, steps=2, batch_count=2), job_id="mine")
        assert handle.id == "mine"
        assert images(await handle.result()) == [b"7:0:2", b"7:1:2"]
        assert list(service.finished()) == ["mine"]
        view = service.progress()
        assert view is not None
        assert (view.id, view.active, view.state, view.progress.step) == ("mine", False, JobState.DONE, 2)


@pytest.mark.parametrize(
    ("prompt", "kind", "text"),
    [
        ("oom", OutOfMemory, "out of memory"),
        ("invalid", InvalidRequest, "can't be done"),
        ("bug", SdapiError, "KeyError: 'surprise'"),
    ],
)
async def test_an_error_is_told_and_the_engine_goes_on(
    prompt: str, kind: type[SdapiError], text: str
) -> None:
    async with running_service() as service:
        bad = await service.submit(make_request(prompt))
        good = await service.submit(make_request())
        with pytest.raises(kind, match=text) as caught:
            await bad.result()
        assert type(caught.value) is kind
        assert caught.value.field == ("prompt" if prompt == "invalid" else None)
        assert images(await good.result()) == [b"1:0:3"]
        assert service.runner.engines[0].life == 0


async def test_the_same_id_is_the_same_job() -> None:
    async with running_service() as service:
        first = await service.submit(make_request(seed=1), job_id="x", sender=Sender(fingerprint="body"))
        again = await service.submit(make_request(seed=2), job_id="x", sender=Sender(fingerprint="body"))
        assert await first.result() == await again.result()
        later = await service.submit(make_request(seed=3), job_id="x", sender=Sender(fingerprint="body"))
        assert images(await later.result()) == [b"1:0:3"]
        assert list(service.finished()) == ["x"]


async def test_the_same_id_at_the_same_moment_is_one_job() -> None:
    async with running_service() as service:
        handles = await asyncio.gather(*(service.submit(make_request(), job_id="x") for _ in range(5)))
        await asyncio.gather(*(handle.result() for handle in handles))
        assert list(service.finished()) == ["x"]


async def test_an_id_in_use_is_made_unique_and_one_that_ended_is_used_anew() -> None:
    async with running_service() as service:
        first = await service.submit(make_request(seed=1), job_id="x")
        other = await service.submit(make_request(seed=2), job_id="x")
        assert (first.id, other.id) == ("x", "x-2")
        assert images(await other.result()) == [b"2:0:3"]
        third = await service.submit(make_request(seed=3), job_id="x")
        assert third.id == "x"
        assert images(await third.result()) == [b"3:0:3"]


async def test_a_failed_job_may_be_tried_again() -> None:
    async with running_service() as service:
        with pytest.raises(OutOfMemory):
            await (
                await service.submit(make_request("oom"), job_id="x", sender=Sender(fingerprint="b"))
            ).result()
        retry = await service.submit(make_request(), job_id="x", sender=Sender(fingerprint="b"))
        assert images(await retry.result()) == [b"1:0:3"]


@pytest.mark.parametrize("job_id", ["x" * 257, "a\0b", "\ud800"])
async def test_an_id_that_cannot_be_kept_is_refused(job_id: str) -> None:
    async with running_service() as service:
        with pytest.raises(InvalidRequest) as caught:
            await service.submit(make_request(), job_id=job_id)
        assert caught.value.field == "id"


async def test_jobs_run_in_order_with_turns_between_clients() -> None:
    async with running_service() as service:
        blocker = await service.submit(make_request(steps=1000), job_id="blocker")
        await until(lambda: started(service, "blocker"))
        for name in ("a1", "a2", "a3", "b1"):
            await service.submit(make_request(), job_id=name, sender=Sender(client=name[0]))
        await service.submit(make_request(), job_id="vip", sender=Sender(priority=1))
        assert list(service.pending()) == ["vip", "a1", "b1", "a2", "a3"]
        view = service.progress("b1")
        assert view is not None
        assert (view.position, view.active, view.state) == (2, False, JobState.QUEUED)
        service.interrupt()
        await blocker.result()
        await until(lambda: len(service.finished()) == 6)
        assert list(service.finished()) == ["blocker", "vip", "a1", "b1", "a2", "a3"]


async def test_a_full_queue_refuses_with_a_time_to_come_back() -> None:
    async with running_service(policy=ServicePolicy(room=Room(jobs=2))) as service:
        await service.submit(make_request(steps=1000), job_id="blocker")
        await until(lambda: started(service, "blocker"))
        await service.submit(make_request(seed=2))
        await service.submit(make_request(seed=3))
        with pytest.raises(TooManyJobs, match="2 jobs wait") as caught:
            await service.submit(make_request(seed=4))
        assert caught.value.retry_after >= 1
        service.interrupt()


async def test_many_at_once_get_no_more_room_than_one_by_one() -> None:
    async with running_service(policy=ServicePolicy(room=Room(jobs=3))) as service:
        await service.submit(make_request(steps=1000), job_id="blocker")
        await until(lambda: started(service, "blocker"))
        tries = [service.submit(make_request(seed=k + 2)) for k in range(20)]
        answers = await asyncio.gather(*tries, return_exceptions=True)
        assert sum(isinstance(answer, TooManyJobs) for answer in answers) == 17
        assert len(service.pending()) == 3
        loads = [service.submit(UnloadRequest()) for _ in range(20)]
        answers = await asyncio.gather(*loads, return_exceptions=True)
        assert sum(isinstance(answer, TooManyJobs) for answer in answers) == 17
        service.interrupt()


async def test_requests_that_wait_have_a_budget_of_bytes(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    large = "a " * 5000
    rules = ServicePolicy(room=Room(size=40_000))
    async with running_service(open_store=lambda: SqliteStore(path), policy=rules) as service:
        await service.submit(make_request(large, steps=100_000), job_id="blocker")
        await until(lambda: started(service, "blocker"))
        await service.submit(make_request(large, seed=2))
        with pytest.raises(TooManyJobs, match="--max-queue-bytes"):
            await service.submit(make_request(large, seed=3))
    async with running_service(open_store=lambda: SqliteStore(path), policy=rules) as service:
        with pytest.raises(TooManyJobs, match="--max-queue-bytes"):
            await service.submit(make_request(large, seed=3))
        for job_id in ("blocker", *service.pending()):
            await service.cancel(job_id)
        await until(lambda: not service.runner.live)
        await service.submit(make_request(large, seed=3, steps=1))


async def test_memory_is_freed_before_anything_that_waits() -> None:
    async with running_service() as service:
        blocker = await service.submit(make_request(steps=1000), job_id="blocker")
        await until(lambda: started(service, "blocker"))
        await service.submit(make_request(seed=2), job_id="after", sender=Sender(priority=100))
        unload = await service.submit(UnloadRequest())
        assert next(iter(service.runner.queue)).id == unload.id
        service.interrupt()
        await blocker.result()
        await unload.result()


async def test_interrupt_keeps_what_there_is_and_leaves_waiting_jobs_alone() -> None:
    async with running_service() as service:
        service.interrupt()
        long = await service.submit(make_request(steps=1000, batch_count=3), job_id="long")
        after = await service.submit(make_request())
        await until(lambda: started(service, "long"))
        service.interrupt("long")
        (picture,) = images(await long.result())
        assert 0 < int(picture.split(b":")[2]) < 1000
        assert images(await after.result()) == [b"1:0:3"]


async def test_skip_ends_one_batch() -> None:
    async with running_service() as service:
        job = await service.submit(make_request(steps=150, batch_count=2), job_id="job")
        await until(lambda: started(service, "job"))
        service.skip()
        first, second = images(await job.result())
        assert int(first.split(b":")[2]) < 150
        assert second == b"1:1:150"


async def test_cancel_ends_exactly_one_job() -> None:
    async with running_service() as service:
        running = await service.submit(make_request(steps=1000), job_id="running")
        await until(lambda: started(service, "running"))
        waiting = await service.submit(make_request(seed=2), job_id="waiting")
        other = await service.submit(make_request(seed=3), job_id="other")
        assert await service.cancel("waiting")
        with pytest.raises(Cancelled):
            await waiting.result()
        assert await service.cancel("running")
        with pytest.raises(Cancelled):
            await running.result()
        assert images(await other.result()) == [b"3:0:3"]
        assert not await service.cancel("running")
        with pytest.raises(NotFound):
            await service.cancel("nobody")


async def test_only_a_job_that_ended_is_forgotten() -> None:
    async with running_service() as service:
        handle = await service.submit(make_request(steps=1000), job_id="a")
        assert not await service.forget("a")
        await service.cancel("a")
        with pytest.raises(Cancelled):
            await handle.result()
        assert await service.forget("a")
        assert not await service.forget("a")
        with pytest.raises(NotFound):
            await service.find("a")
        assert "a" not in service.finished()


async def test_a_waiter_that_leaves_does_not_end_the_job() -> None:
    async with running_service() as service:
        handle = await service.submit(make_request(steps=20), job_id="job")
        waiter = asyncio.create_task(handle.result())
        await until(lambda: started(service, "job"))
        waiter.cancel()
        assert images(await (await service.handle("job")).result()) == [b"1:0:20"]


async def test_an_engine_that_unloaded_is_no_longer_preferred() -> None:
    async with running_service([make_spec("one")]) as service:
        engine = service.runner.engines[0]
        await (await service.submit(LoadCheckpointRequest(checkpoint="model"))).result()
        assert engine.resident == ("model",)
        await (await service.submit(UnloadRequest())).result()
        await until(lambda: engine.resident == ())


async def test_upkeep_goes_to_every_engine_and_is_no_task() -> None:
    async with running_service([make_spec("one"), make_spec("two")]) as service:
        handle = await service.submit(LoadCheckpointRequest(checkpoint="model"), job_id="load")
        assert await handle.result() == CheckpointResult(checkpoint="model")
        assert [engine.resident for engine in service.runner.engines] == [("model",), ("model",)]
        assert (list(service.finished()), service.progress()) == ([], None)


async def test_memory_is_told_by_the_engine() -> None:
    async with running_service() as service:
        assert "error" in await service.memory()
        await (await service.submit(make_request())).result()
        engine = service.runner.engines[0]
        await until(lambda: engine.heartbeat is not None and engine.heartbeat.device)
        assert dict(await service.memory()) == {"device": "cpu"}
        assert engine.heartbeat is not None
        assert engine.heartbeat.rss > 1_000_000


async def test_results_survive_a_restart(tmp_path: Any) -> None:
    def store() -> SqliteStore:
        return SqliteStore(tmp_path / "jobs.sqlite")

    async with running_service(open_store=store) as service:
        made = await (
            await service.submit(make_request(seed=5), job_id="kept", sender=Sender(fingerprint="f"))
        ).result()
    async with running_service([], store) as service:
        assert list(service.finished()) == ["kept"]
        assert await (await service.handle("kept")).result() == made
        again = await service.submit(make_request(seed=6), job_id="kept", sender=Sender(fingerprint="f"))
        assert await again.result() == made


async def test_a_stop_hands_jobs_to_the_next_server(tmp_path: Any) -> None:
    def store() -> SqliteStore:
        return SqliteStore(tmp_path / "jobs.sqlite")

    async with running_service(open_store=store) as service:
        running = await service.submit(make_request(steps=60), job_id="running")
        waiting = await service.submit(make_request(), job_id="waiting")
        await until(lambda: started(service, "running"))
        await service.shutdown(0.0)
        for handle in (running, waiting):
            with pytest.raises(ShuttingDown, match="kept"):
                await handle.result()
        with pytest.raises(ShuttingDown):
            await service.submit(make_request())
    async with running_service(open_store=store) as service:
        await until(lambda: len(service.finished()) == 2)
        assert list(service.finished()) == ["running", "waiting"]
        assert images(await (await service.handle("running")).result()) == [b"1:0:60"]


async def test_a_stop_with_grace_lets_the_running_job_finish() -> None:
    async with running_service() as service:
        handle = await service.submit(make_request(steps=30), job_id="job")
        await until(lambda: started(service, "job"))
        await service.shutdown(10.0)
        assert images(await handle.result()) == [b"1:0:30"]


async def test_jobs_of_one_company_advance_together() -> None:
    spec = make_spec()
    spec = replace(spec, settings=replace(spec.settings, concurrent_jobs=3))
    async with running_service([spec]) as service:
        requests = [make_request(seed=k, steps=40 + k) for k in range(4)]
        handles = [await service.submit(request) for request in requests]
        other = await service.submit(make_request(width=64))
        results = [await handle.result() for handle in handles]
        assert [images(result) for result in results] == [[b"%d:0:%d" % (k, 40 + k)] for k in range(4)]
        assert [batch_group(result) for result in results[:3]] == [2, 2, 2]
        assert batch_group(await other.result()) == 0


async def test_several_engines_share_the_work_and_one_death_loses_nothing() -> None:
    async with running_service([make_spec("one"), make_spec("two")]) as service:
        await until(lambda: all(engine.ready for engine in service.runner.engines))
        handles = [await service.submit(make_request(seed=k, steps=20)) for k in range(8)]
        await until(lambda: len(service.running()) == 2)
        service.runner.engines[0].kill()
        results = [await handle.result() for handle in handles]
        assert [images(result) for result in results] == [[b"%d:0:20" % k] for k in range(8)]
        assert {device(result) for result in results} == {"one", "two"}
