"""With keys, everybody sees and touches their own jobs and pictures only; an admin those of all."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.jobs.service import JobService
from sdapi.core.own_jobs import OwnJobs
from sdapi.http.caller import Caller, Role
from tests.sdapi.fakes import png
from tests.sdapi.http.access.test_keys import bearer, entry
from tests.sdapi.jobs.test_async_jobs import JOBS, TXT2IMG, api, until_running

ALICE, BOB, ADMIN, READER = (bearer(name) for name in ("alice", "bob", "root", "read"))
LONG, SHORT = {"steps": 150}, {"steps": 1}
QUEUED = TXT2IMG + "?async=1"


@asynccontextmanager
async def with_keys(tmp_path: Path, **bob: Any) -> AsyncGenerator[tuple[httpx.AsyncClient, JobService]]:
    """A client of an application with keys, and the service behind it."""
    path = tmp_path / "keys.json"
    rows = [entry("alice"), entry("bob", **bob), entry("root", role="admin"), entry("read", role="reader")]
    path.write_text(json.dumps({"keys": rows}))
    async with api(tmp_path, api_keys=str(path)) as (client, jobs):
        yield client, jobs


async def test_jobs_of_others_are_not_there(tmp_path: Path) -> None:
    async with with_keys(tmp_path) as (client, _jobs):
        body = {**SHORT, "prompt": "secret", "force_task_id": "a"}
        assert (await client.post(TXT2IMG, json=body, headers=ALICE)).status_code == 200
        for who, status in ((ALICE, 200), (ADMIN, 200), (BOB, 404), (READER, 404)):
            for view in ("", "/events", "/result"):
                assert (await client.get(f"{JOBS}/a{view}", headers=who)).status_code == status
            rows = (await client.get(JOBS, headers=who)).json()["jobs"]
            assert [row["id"] for row in rows] == (["a"] if status == 200 else [])
        for path in ("interrupt", "cancel", "ticket"):
            assert (await client.post(f"{JOBS}/a/{path}", headers=BOB)).status_code == 404
        assert (await client.delete(f"{JOBS}/a", headers=BOB)).status_code == 404
        task = {"id_task": "a"}
        seen = [
            (await client.post("/internal/progress", json=task, headers=who)).json() for who in (ALICE, BOB)
        ]
        assert [answer["completed"] for answer in seen] == [True, False]


async def test_what_runs_is_shown_to_and_stopped_by_its_owner(tmp_path: Path) -> None:
    async with with_keys(tmp_path) as (client, jobs):
        await client.post(QUEUED, json={**LONG, "force_task_id": "a"}, headers=ALICE)
        await until_running(jobs, "a")
        await client.post(QUEUED, json={**LONG, "force_task_id": "a2"}, headers=ALICE)
        for query in ("", "?id_task=a", "?id=a"):
            shares = [
                (await client.get(f"/sdapi/v1/progress{query}", headers=who)).json() for who in (ALICE, BOB)
            ]
            assert [share["progress"] > 0 for share in shares] == [True, False]
            assert [share["state"]["sampling_steps"] for share in shares] == [150, 0]
        tasks = [
            (await client.get("/internal/pending-tasks", headers=who)).json() for who in (ALICE, BOB, ADMIN)
        ]
        assert [task["tasks"] for task in tasks] == [["a2"], [], ["a2"]]
        for path in ("interrupt", "skip", "interrupt?id_task=a", "skip?id_task=a"):
            assert (await client.post(f"/sdapi/v1/{path}", headers=BOB)).status_code == 200
        assert (await client.delete(f"{JOBS}/a2", headers=BOB)).status_code == 404
        view = jobs.progress("a")
        assert view is not None
        assert (view.active, view.progress.interrupted, view.progress.skipped) == (True, False, False)
        assert list(jobs.pending()) == ["a2"]
        await client.delete(f"{JOBS}/a2", headers=ALICE)
        await client.post("/sdapi/v1/interrupt", headers=ALICE)
        answer = await client.get(f"{JOBS}/a/result", headers=ALICE)
        assert (answer.status_code, len(answer.json()["images"])) == (200, 1)


async def test_ids_are_shared_by_nobody(tmp_path: Path) -> None:
    async with with_keys(tmp_path) as (client, _jobs):
        body = {**SHORT, "seed": -1, "force_task_id": "x"}
        first = (await client.post(TXT2IMG, json=body, headers=ALICE)).json()
        same = (await client.post(TXT2IMG, json=body, headers=BOB)).json()
        assert (first["id"], same["id"]) == ("x", "x-2")
        answers = await asyncio.gather(
            *(client.post(TXT2IMG, json={**body, "steps": 2 + n}, headers=BOB) for n in range(4))
        )
        ids = [answer.json()["id"] for answer in answers]
        assert len(set(ids)) == 4
        assert "x" not in ids
        assert (await client.get(f"{JOBS}/x/result", headers=ALICE)).json()["images"] == first["images"]
        again = (await client.post(TXT2IMG, json=body, headers=ALICE)).json()
        assert (again["id"], again["images"]) == ("x", first["images"])
        by_admin = (await client.post(TXT2IMG, json=body, headers=ADMIN)).json()
        assert by_admin["id"] not in ("x", *ids)


async def test_jobs_at_once_count_however_they_were_sent(tmp_path: Path) -> None:
    async with with_keys(tmp_path, concurrent=2) as (client, _jobs):
        calls = [client.post(QUEUED, json={**LONG, "force_task_id": f"b{n}"}, headers=BOB) for n in range(5)]
        answers = [await call for call in calls]
        assert [answer.status_code for answer in answers] == [202, 202, 429, 429, 429]
        assert int(answers[-1].headers["retry-after"]) >= 1
        again = await client.post(QUEUED, json={**LONG, "force_task_id": "b0"}, headers=BOB)
        assert (again.status_code, again.json()["id"]) == (202, "b0")
        assert (await client.post(TXT2IMG, json=SHORT, headers=BOB)).status_code == 429
        assert (await client.post(QUEUED, json=LONG, headers=ALICE)).status_code == 202
        for name in ("b0", "b1"):
            await client.delete(f"{JOBS}/{name}", headers=BOB)
        for row in (await client.get(JOBS, headers=ALICE)).json()["jobs"]:
            await client.delete(f"{JOBS}/{row['id']}", headers=ALICE)
        assert (await client.post(TXT2IMG, json=SHORT, headers=BOB)).status_code == 200


async def test_options_of_the_server_are_changed_by_admins_only(tmp_path: Path) -> None:
    async with with_keys(tmp_path) as (client, _jobs):
        body = {
            **SHORT,
            "override_settings": {"outdir_grids": "outputs/x"},
            "override_settings_restore_afterwards": False,
        }

        async def folder() -> str:
            return (await client.get("/sdapi/v1/options", headers=ADMIN)).json()["outdir_grids"]

        refused = await client.post(TXT2IMG, json=body, headers=BOB)
        assert refused.status_code == 403
        assert "override_settings_restore_afterwards" in refused.json()["errors"]
        for harmless in (
            {**body, "override_settings_restore_afterwards": True},
            {**body, "override_settings": {}},
        ):
            assert (await client.post(TXT2IMG, json=harmless, headers=BOB)).status_code == 200
        assert await folder() == ""
        assert (await client.post(TXT2IMG, json=body, headers=ADMIN)).status_code == 200
        assert await folder() == "outputs/x"


async def test_files_are_shown_to_their_owner(tmp_path: Path) -> None:
    async with with_keys(tmp_path) as (client, _jobs):
        folder = tmp_path / "outputs" / "txt2img-images"
        own = folder / Caller(name="alice", role=Role.USER).folder / "2026-01-01"
        own.mkdir(parents=True)
        for place in (own, folder):
            (place / "1.png").write_bytes(png())
        for path in (own / "1.png", own.relative_to(tmp_path) / "1.png"):
            statuses = [
                (await client.get(f"/file={path}", headers=w)).status_code
                for w in (ALICE, BOB, ADMIN, READER)
            ]
            assert statuses == [200, 403, 200, 403]
        statuses = [
            (await client.get(f"/file={folder}/1.png", headers=w)).status_code for w in (ALICE, ADMIN)
        ]
        assert statuses == [403, 200]
        around = own.parent / ".." / own.parent.name / "2026-01-01" / "1.png"
        assert (await client.get(f"/file={around}", headers=BOB)).status_code == 403


@pytest.mark.parametrize("name", ["memory", "engines", "ready"])
async def test_what_belongs_to_nobody_is_everybodys(name: str, tmp_path: Path) -> None:
    async with api(tmp_path) as (_client, jobs):
        mine, all_ = getattr(OwnJobs(jobs, "key:a"), name)(), getattr(jobs, name)()
        assert (await mine == await all_) if name == "memory" else mine == all_
