"""Every route that queues a job answers a client that doesn't wait by 202, with links to the job."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.sdapi.conftest import Server
from tests.sdapi.fakes import png

PICTURE = base64.b64encode(png()).decode()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("txt2img", {}),
        ("img2img", {"init_images": [PICTURE]}),
        ("extra-single-image", {"image": PICTURE}),
        ("extra-batch-images", {"imageList": [{"data": PICTURE, "name": "a.png"}]}),
        ("interrogate", {"image": PICTURE}),
        ("unload-checkpoint", None),
        ("reload-checkpoint", None),
    ],
)
def test_who_does_not_wait_gets_links_to_the_job(path: str, body: Any, server: Server) -> None:
    answer = server.client.post(f"/sdapi/v1/{path}?async=1", json=body)
    told, job_id = answer.json(), server.jobs.submitted[-1][0]
    assert answer.status_code == 202
    assert (told["id"], told["state"]) == (job_id, "queued")
    assert told["links"]["result"].endswith(f"/jobs/{job_id}/result")
    assert answer.headers["location"] == told["links"]["job"]
    assert answer.headers["preference-applied"] == "respond-async"
    assert answer.headers["x-job-id"] == job_id


def test_a_checkpoint_that_nobody_waits_for_is_not_selected(server: Server) -> None:
    before = server.client.get("/sdapi/v1/options").json()["sd_model_checkpoint"]
    others = [item.title for item in server.catalog.checkpoints() if item.title != before]
    answer = server.client.post("/sdapi/v1/options?async=1", json={"sd_model_checkpoint": others[0]})
    assert answer.status_code == 202
    assert server.client.get("/sdapi/v1/options").json()["sd_model_checkpoint"] == before
