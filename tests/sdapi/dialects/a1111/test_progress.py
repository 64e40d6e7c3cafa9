"""Progress as A1111's routes tell it, per task and overall."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.contract.progress import Progress
from pipelines.jobs.view import JobView
from sdapi.dialects.a1111.progress import job_name, overall, textinfo
from tests.sdapi.conftest import Server
from tests.sdapi.fakes import png

RUNNING = Progress(job="txt2img", batch=1, batch_count=2, step=5, steps=10, started_at=100.0)


def test_overall_adds_a_hundredth_and_stays_below_one() -> None:
    share, eta = overall(JobView(id="x", progress=RUNNING), now=110.0)
    assert share == pytest.approx(0.76)
    assert eta == pytest.approx(10 / 0.76 - 10)
    done = Progress(batch=2, batch_count=2, step=10, steps=10, started_at=100.0)
    assert overall(JobView(id="x", progress=done), now=110.0)[0] == 1.0
    assert overall(JobView(id="x", progress=Progress(started_at=1.0)), now=2.0)[0] == 0.01


@pytest.mark.parametrize(
    ("ours", "batches", "theirs"),
    [
        ("txt2img", -1, "scripts_txt2img"),
        ("img2img", 4, "scripts_img2img"),
        ("create-embedding", 1, "create_embedding"),
        ("create-hypernetwork", 1, "create_hypernetwork"),
        ("train-embedding", -1, "train_embedding"),
        ("train-embedding", 100, "train-embedding"),
        ("preprocess", 1, "preprocess"),
        ("Batch 2 out of 3", 3, "Batch 2 out of 3"),
    ],
)
def test_work_is_called_as_the_original_calls_it(ours: str, batches: int, theirs: str) -> None:
    assert job_name(Progress(job=ours, batch_count=batches)) == theirs


def test_a_step_of_training_is_a_paragraph_that_counts_one_ahead() -> None:
    details = {"trains": "embedding", "made": "13", "prompt": "a <b>", "saved": "", "pictured": "x.png"}
    told = Progress(text="step 13 of 20", figures={"loss": 0.0223351}, details=details)
    assert textinfo(told) == (
        "\n<p>\nLoss: 0.0223351<br/>\nStep: 14<br/>\nLast prompt: a &lt;b&gt;<br/>\n"
        "Last saved embedding: &lt;none&gt;<br/>\nLast saved image: x.png<br/>\n</p>\n"
    )
    assert textinfo(Progress(text="Preparing dataset from a...")) == "Preparing dataset from a..."
    assert textinfo(Progress()) is None


def test_the_routes_tell_names_and_texts(server: Server) -> None:
    details = {"trains": "hypernetwork", "made": "1", "prompt": "", "saved": "a.pt", "pictured": ""}
    told = Progress(job="train-hypernetwork", batch_count=9, figures={"loss": 0.5}, details=details)
    server.jobs.view = JobView(id="x", progress=told)
    answer = server.client.get("/sdapi/v1/progress").json()
    assert (answer["state"]["job"], answer["textinfo"]) == ("train-hypernetwork", textinfo(told))
    assert task(server, id_task="x")["textinfo"] == textinfo(told)


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


def task(server: Server, **body: Any) -> dict[str, Any]:
    """The answer of ``/internal/progress``."""
    return server.client.post("/internal/progress", json=body).json()


def test_unknown_task_waits(server: Server) -> None:
    expected = {
        "active": False,
        "queued": False,
        "completed": False,
        "progress": None,
        "eta": None,
        "live_preview": None,
        "id_live_preview": -1,
        "textinfo": "Waiting...",
    }
    assert task(server, id_task="x") == expected
    assert task(server) == expected


def test_queued_and_completed_tasks(server: Server) -> None:
    server.jobs.waiting, server.jobs.ended = ("a", "b"), ("c",)
    assert task(server, id_task="b")["textinfo"] == "In queue: 2/2"
    assert task(server, id_task="b")["queued"] is True
    assert task(server, id_task="c")["completed"] is True
    assert server.client.get("/internal/pending-tasks").json() == {"size": 2, "tasks": ["a", "b"]}


def test_running_task_sends_a_preview_once(server: Server) -> None:
    server.jobs.view = JobView(id="x", progress=Progress(batch_count=1, preview=png(), preview_id=3))
    first = task(server, id_task="x")
    assert first["live_preview"].startswith("data:image/png;base64,iVBOR")
    assert first["id_live_preview"] == 3
    again = task(server, id_task="x", id_live_preview=3)
    assert (again["live_preview"], again["id_live_preview"]) == (None, 3)
    assert task(server, id_task="x", live_preview=False)["live_preview"] is None


def test_other_internal_routes(server: Server) -> None:
    assert server.client.get("/internal/profile-startup").json()["total"] > 0
    hints = server.client.get("/internal/quicksettings-hint").json()
    assert {"name": "CLIP_stop_at_last_layers", "label": "Clip skip"} in hints
    assert hints[0] == {"name": "samples_save", "label": "Samples save"}


def test_sysinfo_has_no_credentials(server: Server) -> None:
    answer = server.client.get("/internal/sysinfo")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("inline; filename=")
    document = answer.json()
    assert list(document)[:3] == ["Platform", "Python", "Version"]
    assert len(document["Checksum"]) == 64
    download = server.client.get("/internal/sysinfo-download")
    assert download.headers["content-disposition"].startswith("attachment")
