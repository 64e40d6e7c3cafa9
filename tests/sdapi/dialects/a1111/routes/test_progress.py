"""Progress of the running job over HTTP, interrupt and skip."""

from __future__ import annotations

from pipelines.contract.progress import Progress
from pipelines.jobs.view import JobView
from tests.sdapi.conftest import Server
from tests.sdapi.fakes import png

RUNNING = Progress(job="txt2img", batch=1, batch_count=2, step=5, steps=10, started_at=100.0)


def test_idle(server: Server) -> None:
    assert server.client.get("/sdapi/v1/progress").json() == {
        "progress": 0.0,
        "eta_relative": 0.0,
        "state": {
            "skipped": False,
            "interrupted": False,
            "stopping_generation": False,
            "job": "",
            "job_count": 0,
            "job_timestamp": "0",
            "job_no": 0,
            "sampling_step": 0,
            "sampling_steps": 0,
        },
        "current_image": None,
        "textinfo": None,
    }


def test_idle_keeps_the_last_counters(server: Server) -> None:
    server.jobs.view = JobView(id="x", progress=RUNNING, active=False, timestamp="20260101000000")
    answer = server.client.get("/sdapi/v1/progress").json()
    assert (answer["progress"], answer["state"]["job_count"], answer["state"]["job"]) == (0.0, 0, "")
    assert (answer["state"]["sampling_step"], answer["state"]["job_timestamp"]) == (5, "20260101000000")


def test_running_shows_a_preview_unless_told_not_to(server: Server) -> None:
    server.jobs.view = JobView(id="x", progress=Progress(batch_count=1, preview=png(), text="hello"))
    answer = server.client.get("/sdapi/v1/progress").json()
    assert answer["current_image"].startswith("iVBOR")
    assert (answer["textinfo"], answer["state"]["job_count"]) == ("hello", 1)
    assert server.client.get("/sdapi/v1/progress?skip_current_image=true").json()["current_image"] is None


def test_progress_of_one_job(server: Server) -> None:
    server.jobs.view = JobView(id="x", progress=RUNNING)
    assert server.client.get("/sdapi/v1/progress?id=x").json()["progress"] > 0.7
    assert server.client.get("/sdapi/v1/progress?id=y").json()["progress"] == 0


def test_interrupt_and_skip(server: Server) -> None:
    assert server.client.post("/sdapi/v1/interrupt").text == "{}"
    assert server.client.post("/sdapi/v1/skip").text == "null"
    assert server.jobs.calls == ["interrupt", "skip"]
