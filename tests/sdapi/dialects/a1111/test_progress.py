"""Progress as A1111's routes tell it, per task and overall."""

from __future__ import annotations

import pytest

from pipelines.contract.progress import Progress
from pipelines.jobs.view import JobView
from sdapi.dialects.a1111.progress import job_name, overall, textinfo
from tests.sdapi.conftest import Server

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
    task = server.client.post("/internal/progress", json={"id_task": "x"}).json()
    assert task["textinfo"] == textinfo(told)
