"""Jobs as clients poll, list and stop them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from extensions.fooocus.kinds import FooocusRequest, FooocusResult
from pipelines.contract.errors import OutOfMemory
from pipelines.contract.failure import Failure
from pipelines.contract.progress import Progress
from pipelines.jobs.states import JobState
from pipelines.jobs.view import JobView
from tests.extensions.fooocus.conftest import FooocusServer
from tests.extensions.fooocus.routes.test_making import drawn
from tests.sdapi.fakes import png

QUERY = "/v1/generation/query-job"


def view(**changes: Any) -> JobView:
    values: dict[str, Any] = {"id": "j", "kind": "fooocus-text", "created": 1.5, "active": False}
    return JobView(**{**values, **changes})


def running(**changes: Any) -> JobView:
    progress = Progress(batch=1, batch_count=2, step=15, steps=30, preview=png())
    return view(active=True, state=JobState.RUNNING, progress=progress, **changes)


def test_a_running_job_tells_whole_percent(fooocus: FooocusServer) -> None:
    fooocus.jobs.view = running()
    job = fooocus.client.get(QUERY, params={"job_id": "j"}).json()
    assert (job["job_stage"], job["job_progress"]) == ("RUNNING", 78)
    assert job["job_status"] == "Step 15/30 in the 2-th Sampling"
    assert job["job_step_preview"] is None


@pytest.mark.parametrize("name", ["require_step_preview", "require_step_preivew"])
def test_previews_are_plain_base64(name: str, fooocus: FooocusServer) -> None:
    fooocus.jobs.view = running()
    asked = fooocus.client.get(QUERY, params={"job_id": "j", name: "True"}).json()
    assert asked["job_step_preview"].startswith("iVBOR")
    assert fooocus.client.post(QUERY, json={"job_id": "j", name: True}).json() == asked
    declined = fooocus.client.get(QUERY, params={"job_id": "j", name: "False"}).json()
    assert declined["job_step_preview"] is None


def test_a_finished_job_has_its_pictures(fooocus: FooocusServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.sdapi.fakes.answer", drawn)
    fooocus.client.post("/v1/generation/text-to-image", json={"async_process": True, "image_seed": 3})
    job_id, request = fooocus.jobs.submitted[0]
    assert isinstance(request, FooocusRequest)
    fooocus.jobs.view = view(id=job_id, state=JobState.DONE)
    job = fooocus.client.get(QUERY, params={"job_id": job_id}).json()
    assert (job["job_stage"], job["job_progress"], job["job_status"]) == ("SUCCESS", 100, "Finished")
    assert (job["job_result"][0]["seed"], job["job_result"][0]["finish_reason"]) == ("3", "SUCCESS")


def test_a_failed_job_says_why(fooocus: FooocusServer) -> None:
    failure = Failure.of(OutOfMemory("no room"))
    fooocus.jobs.view = view(state=JobState.FAILED, failure=failure)
    job = fooocus.client.get(QUERY, params={"job_id": "j"}).json()
    assert (job["job_stage"], job["job_status"]) == ("ERROR", "no room")
    assert job["job_result"][0]["finish_reason"] == "ERROR"


def test_a_cancelled_job(fooocus: FooocusServer) -> None:
    fooocus.jobs.view = view(state=JobState.CANCELLED)
    job = fooocus.client.get(QUERY, params={"job_id": "j"}).json()
    assert (job["job_stage"], job["job_result"][0]["finish_reason"]) == ("ERROR", "USER_CANCEL")


@pytest.mark.parametrize("job_id", ["nobody's", "", "j"])
def test_unknown_jobs_and_those_of_other_apis(job_id: str, fooocus: FooocusServer) -> None:
    fooocus.jobs.view = view(kind="txt2img")
    answer = fooocus.client.get(QUERY, params={"job_id": job_id})
    assert answer.status_code == 404
    assert answer.json() == {
        "job_id": "",
        "job_type": "Not Found",
        "job_stage": "ERROR",
        "job_progress": 0,
        "job_status": "Job not found",
        "job_step_preview": None,
        "job_result": None,
    }


@pytest.mark.parametrize("path", ["/v1/generation/job-queue", "/v1/engines/job-queue"])
def test_the_queue(path: str, fooocus: FooocusServer) -> None:
    empty = {"running_size": 0, "finished_size": 0, "last_job_id": None}
    assert fooocus.client.get(path).json() == empty
    fooocus.jobs.view = running()
    assert fooocus.client.get(path).json() == {"running_size": 1, "finished_size": 0, "last_job_id": "j"}
    fooocus.jobs.view = view(kind="img2img")
    assert fooocus.client.get(path).json() == empty


def test_the_history(fooocus: FooocusServer) -> None:
    path = "/v1/generation/job-history"
    fooocus.jobs.view = view(state=JobState.DONE, ended=2.25)
    (item,) = fooocus.client.get(path).json()["history"]
    assert item == {
        "job_id": "j",
        "in_queue_mills": 1500,
        "start_mills": 0,
        "finish_mills": 2250,
        "is_finished": True,
    }
    assert fooocus.client.get(path, params={"page": 1}).json() == {"queue": [], "history": []}
    assert fooocus.client.get(path, params={"job_id": "other"}).json()["history"] == []


def test_stop_ends_the_running_job_of_this_api_alone(fooocus: FooocusServer) -> None:
    path = "/v1/generation/stop"
    assert fooocus.client.post(path).json() == {"msg": "success"}
    fooocus.jobs.view = running(kind="txt2img")
    fooocus.client.post(path)
    fooocus.jobs.view = running()
    fooocus.client.post(path, json={"job_id": "other"})
    assert fooocus.jobs.calls == []
    fooocus.client.post(path)
    fooocus.client.post(path, params={"job_id": "j"})
    assert fooocus.jobs.calls == ["interrupt", "interrupt"]


def test_a_job_is_forgotten_with_its_pictures(
    fooocus: FooocusServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/v1/generation/job-history"
    file = tmp_path / "job-0.png"
    file.write_bytes(png())
    result = FooocusResult(images=(png(),), files=(str(file),), seeds=(1,))
    monkeypatch.setattr("tests.sdapi.fakes.answer", lambda request: result)
    fooocus.client.post("/v1/generation/text-to-image", json={"async_process": True})
    job_id = fooocus.jobs.submitted[0][0]
    asked = {"job_id": job_id, "delete": True}
    assert fooocus.client.get(path, params=asked).json() == {"message": "Not found"}
    fooocus.jobs.view = running(id=job_id)
    assert fooocus.client.get(path, params=asked).json() == {"message": "Not found"}
    fooocus.jobs.view = view(id=job_id, state=JobState.DONE)
    assert fooocus.client.get(path, params=asked).json() == {"message": "Deleted"}
    assert not file.exists()
    assert fooocus.jobs.calls == [f"forget {job_id}"]
