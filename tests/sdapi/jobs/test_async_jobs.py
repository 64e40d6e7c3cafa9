"""Jobs over HTTP with a real queue and a fake engine: not waiting, following, cancelling, figures."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.jobs.intake import Room
from pipelines.jobs.service import JobService, ServicePolicy
from sdapi.app import create_app
from sdapi.core.config import ApiConfig
from sdapi.core.services import Backend
from tests.pipelines.jobs.helpers import running_service, until
from tests.sdapi.fakes import FakeCatalog

TXT2IMG = "/sdapi/v1/txt2img"
JOBS = "/sdapi/v1/jobs"


@asynccontextmanager
async def api(
    tmp_path: Path, policy: ServicePolicy | None = None, **flags: Any
) -> AsyncGenerator[tuple[httpx.AsyncClient, JobService]]:
    """A client of an application in this process, and the service behind it."""
    async with running_service(policy=policy) as jobs:
        config = ApiConfig.from_flags({"data_dir": str(tmp_path), **flags})
        backend = Backend(jobs=jobs, catalog=FakeCatalog(), outputs=(tmp_path / "outputs",))
        app = create_app(config, backend)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=30) as client:
            yield client, jobs


async def until_running(jobs: JobService, job_id: str) -> None:
    """Wait for a job's second step."""

    def moving() -> bool:
        view = jobs.progress(job_id)
        return view is not None and view.active and view.progress.step > 0

    await until(moving)


def events_of(text: str) -> list[tuple[str, Any]]:
    """Names and data of a stream of events."""
    blocks = [block.split("\n") for block in text.strip().split("\n\n") if not block.startswith(":")]
    return [
        (name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for _, name, data in blocks
    ]


@pytest.mark.parametrize(
    ("query", "headers"),
    [("?async=true", {}), ("", {"Prefer": "respond-async"}), ("", {"prefer": "x, respond-async"})],
)
async def test_a_client_need_not_wait(query: str, headers: dict[str, str], tmp_path: Path) -> None:
    async with api(tmp_path) as (client, _jobs):
        body = {"prompt": "a cat", "steps": 5, "seed": 4, "force_task_id": "task(mine)"}
        answer = await client.post(TXT2IMG + query, json=body, headers=headers)
        assert (answer.status_code, answer.json()["id"]) == (202, "task(mine)")
        assert answer.headers["location"] == f"http://test{JOBS}/task(mine)"
        assert answer.headers["x-job-id"] == "task(mine)"
        assert answer.headers["preference-applied"] == "respond-async"
        result = (await client.get(answer.json()["links"]["result"])).json()
        assert (len(result["images"]), result["id"]) == (1, "task(mine)")
        done = (await client.get(answer.headers["location"])).json()
        assert (done["state"], done["result"]["images"]) == ("done", result["images"])


async def test_the_answer_names_the_job(tmp_path: Path) -> None:
    async with api(tmp_path) as (client, _jobs):
        answer = await client.post(TXT2IMG, json={"steps": 1})
        assert answer.status_code == 200
        assert answer.headers["x-job-id"] == answer.json()["id"]


async def test_the_same_body_with_the_same_id_is_one_job(tmp_path: Path) -> None:
    async with api(tmp_path) as (client, jobs):
        body = {"steps": 1, "seed": -1, "force_task_id": "once"}
        answers = [(await client.post(TXT2IMG, json=body)).json()["images"] for _ in range(3)]
        assert answers[0] == answers[1] == answers[2]
        changed = await client.post(TXT2IMG, json={**body, "steps": 2})
        assert changed.json()["images"] != answers[0]
        assert len(jobs.finished()) == 1


async def test_a_picture_may_be_had_as_it_is(tmp_path: Path) -> None:
    async with api(tmp_path) as (client, _jobs):
        await client.post(TXT2IMG, json={"steps": 2, "seed": 8, "n_iter": 2, "force_task_id": "x"})
        picture = await client.get(f"{JOBS}/x?image=1", headers={"Accept": "image/*"})
        assert picture.content == b"8:1:2"
        assert picture.headers["x-content-type-options"] == "nosniff"
        missing = await client.get(f"{JOBS}/x?image=2", headers={"Accept": "image/*"})
        assert missing.status_code == 404
        by_url = (await client.get(f"{JOBS}/x?form=url")).json()["result"]
        assert (by_url["images"], by_url["files"]) == ([], [])


async def test_delete_cancels_exactly_one_job(tmp_path: Path) -> None:
    async with api(tmp_path) as (client, jobs):
        for name in ("first", "second", "third"):
            body = {"steps": 150 if name == "first" else 1, "force_task_id": name}
            await client.post(TXT2IMG + "?async=1", json=body)
        await until_running(jobs, "first")
        assert (await client.get(f"{JOBS}/third")).json()["position"] == 1
        assert (await client.delete(f"{JOBS}/second")).json() == {"id": "second", "changed": True}
        assert (await client.delete(f"{JOBS}/first")).json() == {"id": "first", "changed": True}
        await until(lambda: len(jobs.finished()) == 3)
        states = {row["id"]: row["state"] for row in (await client.get(JOBS)).json()["jobs"]}
        assert states == {"first": "cancelled", "second": "cancelled", "third": "done"}
        assert (await client.delete(f"{JOBS}/third")).json()["changed"] is False
        assert (await client.delete(f"{JOBS}/nobody")).status_code == 404
        assert (await client.get(f"{JOBS}/first/result")).status_code == 409
        assert (await client.get(f"{JOBS}/first", headers={"Accept": "image/png"})).status_code == 409


async def test_events_follow_a_job_to_its_end(tmp_path: Path) -> None:
    async with api(tmp_path) as (client, _jobs):
        await client.post(TXT2IMG + "?async=1", json={"steps": 60, "force_task_id": "x"})
        stream = await client.get(f"{JOBS}/x/events")
        assert stream.headers["content-type"].startswith("text/event-stream")
        events = events_of(stream.text)
        assert events[0][0] == "state"
        assert (events[-1][0], events[-1][1]["state"]) == ("ended", "done")
        shares = [data["progress"] for name, data in events if name == "progress"]
        assert len(shares) > 2
        assert shares == sorted(shares)
        (name, data), *more = events_of((await client.get(f"{JOBS}/x/events")).text)
        assert (name, data["state"], more) == ("ended", "done", [])
        assert (await client.get(f"{JOBS}/nobody/events")).status_code == 404


def ids_of(text: str) -> list[int]:
    """Ids of a stream's events, in order."""
    return [int(line.removeprefix("id: ")) for line in text.split("\n") if line.startswith("id: ")]


async def test_a_stream_goes_on_where_it_was_left_and_ends_for_good(tmp_path: Path) -> None:
    async with api(tmp_path) as (client, _jobs):
        await client.post(TXT2IMG + "?async=1", json={"steps": 60, "force_task_id": "x"})
        text = (await client.get(f"{JOBS}/x/events")).text
        ids = ids_of(text)
        assert len(ids) == len(set(ids)) == text.count("event: ")
        assert ids == sorted(ids)
        for last in (*ids[:-1], 0, "nonsense", "9" * 100):
            again = await client.get(f"{JOBS}/x/events", headers={"Last-Event-ID": str(last)})
            assert (again.status_code, ids_of(again.text)) == (200, ids[-1:])
        ended = events_of(text)[-1][1]
        done = await client.get(f"{JOBS}/x/events", headers={"Last-Event-ID": str(ids[-1])})
        assert (done.status_code, done.content) == (204, b"")
        assert len((await client.get(ended["links"]["result"])).json()["images"]) == 1


async def test_who_comes_back_is_told_what_is_new(tmp_path: Path) -> None:
    async with api(tmp_path) as (client, jobs):
        await client.post(TXT2IMG + "?async=1", json={"steps": 100, "force_task_id": "x"})
        await until_running(jobs, "x")
        first = events_of((await client.get(f"{JOBS}/x/events", headers={"Last-Event-ID": "1"})).text)
        assert first[0][0] == "state"
        assert first[0][1]["state"] == "running"


async def test_addresses_need_saved_pictures(tmp_path: Path) -> None:
    async with api(tmp_path) as (client, _jobs):
        await client.post(TXT2IMG, json={"steps": 1, "force_task_id": "x"})
        result = (await client.get(f"{JOBS}/x?form=url")).json()["result"]
        assert (result["files"], result["images"]) == ([], [])
        assert any("save_images" in warning for warning in result["warnings"])
        assert (await client.get(f"{JOBS}/x")).json()["result"]["warnings"] == []


async def test_overrides_stay_only_if_the_job_was_accepted(tmp_path: Path) -> None:
    async with api(tmp_path, policy=ServicePolicy(room=Room(jobs=1))) as (client, jobs):
        await client.post(TXT2IMG + "?async=1", json={"steps": 100, "force_task_id": "first"})
        await until_running(jobs, "first")
        await client.post(TXT2IMG + "?async=1", json={"steps": 1})
        kept = {"steps": 1, "override_settings_restore_afterwards": False}

        async def post(folder: str, **more: Any) -> tuple[int, str]:
            body = {**kept, "override_settings": {"outdir_grids": f"outputs/{folder}"}, **more}
            status = (await client.post(TXT2IMG + "?async=1", json=body)).status_code
            return status, (await client.get("/sdapi/v1/options")).json()["outdir_grids"]

        assert await post("full") == (429, "")
        assert await post("bad", priority="high") == (422, "")
        assert await post("bad", webhook="http://x") == (422, "")
        await client.delete(f"{JOBS}/first")
        await until(lambda: not jobs.pending())
        assert await post("accepted") == (202, "outputs/accepted")


async def test_interrupt_and_progress_by_task(tmp_path: Path) -> None:
    async with api(tmp_path) as (client, jobs):
        waiter = asyncio.create_task(client.post(TXT2IMG, json={"steps": 150, "force_task_id": "x"}))
        await until_running(jobs, "x")
        assert (await client.get("/sdapi/v1/progress?id_task=x")).json()["state"]["sampling_steps"] == 150
        await client.post("/sdapi/v1/interrupt?id_task=other")
        assert jobs.running() == ["x"]
        await client.post("/sdapi/v1/interrupt?id_task=x")
        answer = await waiter
        assert (answer.status_code, len(answer.json()["images"])) == (200, 1)


async def test_a_client_that_hangs_up_may_end_its_job(tmp_path: Path) -> None:
    async with api(tmp_path) as (client, jobs):
        for name, headers in (("stays", {}), ("ends", {"X-Cancel-On-Disconnect": "true"})):
            gone = asyncio.Event()
            call = asyncio.create_task(raw_call(client, gone, name, headers))
            await until_running(jobs, name)
            gone.set()
            await asyncio.wait_for(call, 10)
        states = {name: (await jobs.find(name)).state.value for name in ("stays", "ends")}
        assert states == {"stays": "done", "ends": "cancelled"}


async def raw_call(
    client: httpx.AsyncClient, gone: asyncio.Event, name: str, headers: dict[str, str]
) -> None:
    """POST without a transport's help: the connection ends when ``gone`` is set."""
    transport: Any = client._transport  # pyright: ignore[reportPrivateUsage]
    body = json.dumps({"steps": 100, "force_task_id": name}).encode()
    pairs = {"host": "test", "content-type": "application/json", **headers}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": TXT2IMG,
        "raw_path": TXT2IMG.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(k.lower().encode(), v.encode()) for k, v in pairs.items()],
        "client": ("127.0.0.1", 1),
        "server": ("test", 80),
    }
    sent = False

    async def receive() -> dict[str, Any]:
        nonlocal sent
        if not sent:
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        assert message["type"].startswith("http.response")

    await transport.app(scope, receive, send)


@pytest.mark.parametrize("priority", ["high", 1000, [1]])
async def test_a_bad_priority_is_named(priority: object, tmp_path: Path) -> None:
    async with api(tmp_path) as (client, _jobs):
        answer = await client.post(TXT2IMG, json={"steps": 1, "priority": priority})
        assert answer.status_code == 422
        assert "priority" in answer.json()["errors"]


async def test_priority_goes_first_and_warns_of_nothing(tmp_path: Path) -> None:
    async with api(tmp_path) as (client, jobs):
        await client.post(TXT2IMG + "?async=1", json={"steps": 100, "force_task_id": "first"})
        await until_running(jobs, "first")
        await client.post(TXT2IMG + "?async=1", json={"steps": 1, "force_task_id": "low"})
        await client.post(TXT2IMG + "?async=1", json={"steps": 1, "force_task_id": "high", "priority": 5})
        assert list(jobs.pending()) == ["high", "low"]
        answer = await client.post(TXT2IMG, json={"steps": 1, "priority": 9})
        assert answer.json()["warnings"] == []


async def test_a_full_queue_says_when_to_come_back(tmp_path: Path) -> None:
    async with api(tmp_path, policy=ServicePolicy(room=Room(jobs=1))) as (client, jobs):
        await client.post(TXT2IMG + "?async=1", json={"steps": 100, "force_task_id": "first"})
        await until_running(jobs, "first")
        assert (await client.post(TXT2IMG + "?async=1", json={"steps": 1})).status_code == 202
        refused = await client.post(TXT2IMG, json={"steps": 1})
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) >= 1


async def test_probes_and_figures(tmp_path: Path) -> None:
    async with api(tmp_path) as (client, jobs):
        assert (await client.get("/health/live")).json() == {"status": "live"}
        await client.post(TXT2IMG, json={"steps": 1})
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")
        await client.post(TXT2IMG, json={"prompt": "oom", "steps": 1})
        figures = (await client.get("/metrics")).text
        assert 'sdapi_jobs_ended_total{kind="txt2img",state="done"} 1.0' in figures
        assert 'sdapi_jobs_failed_total{error="OutOfMemory"} 1.0' in figures
        assert 'sdapi_engine_ready{device="cpu",engine="0"} 1.0' in figures
        assert 'sdapi_job_run_seconds_count{kind="txt2img"} 2.0' in figures
        await jobs.shutdown(0.0)
        assert (await client.get("/health/ready")).status_code == 503
        assert (await client.post(TXT2IMG, json={"steps": 1})).status_code == 503
