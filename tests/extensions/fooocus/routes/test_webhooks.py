"""Webhooks of jobs that ended well, and badly."""

from __future__ import annotations

import pytest

from extensions.fooocus.dialect import webhook_body
from pipelines.jobs.states import JobState
from tests.extensions.fooocus.conftest import FooocusServer
from tests.extensions.fooocus.routes.test_jobs import view
from tests.extensions.fooocus.routes.test_making import drawn


@pytest.mark.anyio
async def test_links_and_seeds(fooocus: FooocusServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.sdapi.fakes.answer", drawn)
    fooocus.client.post("/v1/generation/text-to-image", json={"image_seed": 3, "save_name": "cat"})
    job_id = fooocus.jobs.submitted[0][0]
    told = webhook_body(view(id=job_id, state=JobState.DONE), fooocus.state)
    assert told is not None
    link = "http://testserver/files/2026-01-02/cat-0.png"
    assert await told == {"job_id": job_id, "job_result": [{"url": link, "seed": "3"}]}


@pytest.mark.anyio
async def test_failures_and_jobs_of_others(fooocus: FooocusServer) -> None:
    failed = webhook_body(view(state=JobState.FAILED), fooocus.state)
    assert failed is not None
    assert await failed == {"job_id": "j", "job_result": []}
    assert webhook_body(view(kind="txt2img"), fooocus.state) is None
