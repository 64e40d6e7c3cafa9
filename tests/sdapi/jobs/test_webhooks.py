"""Webhooks: signed, repeated while they fail, refused where they may not go."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from pipelines.jobs.events import Happening, JobEvent
from pipelines.jobs.states import JobState
from pipelines.jobs.view import JobView
from sdapi.core.config import WebhookPolicy
from sdapi.jobs.webhooks import WebhookSender
from tests.receiving import Receiver, is_signed, receiving
from tests.sdapi.conftest import MakeServer


@pytest.fixture
def receiver() -> Generator[Receiver]:
    """A server on a free port."""
    with receiving() as box:
        yield box


async def deliver(policy: WebhookPolicy, url: str, what: Happening = Happening.ENDED) -> None:
    """Tell a sender of an event and wait until it has done its part."""
    sender = WebhookSender(policy)
    sender.listen(JobEvent(what=what, job=JobView(id="ünï", state=JobState.DONE, webhook=url)))
    await sender.finish()


def local(**more: Any) -> WebhookPolicy:
    """A policy for tests."""
    return WebhookPolicy(secret="key", public_only=False, **more)


async def test_the_end_is_posted_and_signed(receiver: Receiver) -> None:
    await deliver(local(), receiver.url)
    ((headers, body),) = receiver.got
    assert json.loads(body)["type"] == "job.done"
    assert json.loads(body)["data"]["id"] == "ünï"
    assert is_signed(headers, body, b"key")


async def test_a_failure_is_tried_again_with_the_same_id(receiver: Receiver) -> None:
    receiver.statuses = [500, 302]
    await deliver(local(pauses=(0.0, 0.0, 0.0)), receiver.url)
    assert len(receiver.got) == 3
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1


async def test_it_is_given_up_in_the_end(receiver: Receiver) -> None:
    receiver.statuses = [500] * 9
    await deliver(local(pauses=(0.0,)), receiver.url)
    assert len(receiver.got) == 2


async def test_private_addresses_are_refused(receiver: Receiver) -> None:
    await deliver(WebhookPolicy(secret="key", pauses=()), receiver.url)
    assert receiver.got == []


async def test_only_ends_are_posted(receiver: Receiver) -> None:
    await deliver(local(), receiver.url, Happening.STARTED)
    await deliver(local(), "")
    assert receiver.got == []


@pytest.mark.parametrize(
    "url", ["ftp://x/y", "http://", "nonsense", "http://x/ y\n", "http://x/" + "y" * 3000, 7]
)
def test_a_bad_url_is_named(url: object, make_server: MakeServer) -> None:
    server = make_server(webhook_key="key")
    answer = server.client.post("/sdapi/v1/txt2img", json={"webhook": url})
    assert answer.status_code == 422
    assert "webhook" in answer.json()["errors"]


def test_a_server_without_a_key_has_none(make_server: MakeServer) -> None:
    answer = make_server().client.post("/sdapi/v1/txt2img", json={"webhook": "https://example.com"})
    assert "--webhook-key" in answer.json()["errors"]


def test_the_job_carries_its_webhook(make_server: MakeServer) -> None:
    server = make_server(webhook_key="key")
    answer = server.client.post("/sdapi/v1/txt2img", json={"webhook": "https://example.com/x"})
    assert answer.json()["warnings"] == []
    assert server.jobs.senders[-1].webhook == "https://example.com/x"
    assert "key" not in repr(WebhookPolicy(secret="key"))


def test_a_restart_goes_on_with_what_was_not_delivered(receiver: Receiver, tmp_path: Path) -> None:
    policy = local(pauses=(30.0, 0.0, 0.0), file=tmp_path / "webhooks.json")

    async def first_server() -> None:
        receiver.statuses = [500]
        sender = WebhookSender(policy)
        sender.listen(JobEvent(what=Happening.ENDED, job=JobView(id="a", webhook=receiver.url)))
        while not (policy.file and '"tries": 1' in policy.file.read_text()):
            await asyncio.sleep(0.01)

    async def second_server() -> None:
        receiver.statuses = [500]
        sender = WebhookSender(policy)
        sender.resume()
        await sender.finish()

    asyncio.run(first_server())
    assert len(receiver.got) == 1
    asyncio.run(second_server())
    assert len(receiver.got) == 3
    assert len({(headers["webhook-id"], body) for headers, body in receiver.got}) == 1
    asyncio.run(second_server())
    assert len(receiver.got) == 3


async def test_a_full_disk_stops_no_webhook(
    receiver: Receiver, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    await deliver(local(file=tmp_path / "file" / "webhooks.json"), receiver.url)
    assert len(receiver.got) == 1
    assert "can't be kept" in caplog.text


async def test_an_extension_says_what_its_own_jobs_tell(receiver: Receiver) -> None:
    async def told(view: JobView) -> dict[str, str]:
        return {"mine": view.id}

    sender = WebhookSender(local(), own=lambda view: told(view) if view.kind == "mine" else None)
    for kind in ("mine", "txt2img"):
        view = JobView(id=kind, kind=kind, state=JobState.DONE, webhook=receiver.url)
        sender.listen(JobEvent(what=Happening.ENDED, job=view))
    await sender.finish()
    bodies = {headers["webhook-id"]: json.loads(body) for headers, body in receiver.got}
    assert {"mine": "mine"} in bodies.values()
    assert "job.done" in {body.get("type") for body in bodies.values()}
