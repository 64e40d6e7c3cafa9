"""Answers of the routes that make pictures."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from extensions.fooocus.kinds import FooocusRequest, FooocusResult
from pipelines.contract.errors import Cancelled, OutOfMemory, TooManyJobs
from pipelines.contract.requests import EngineRequest
from pipelines.jobs.sender import ANYBODY, Sender
from tests.extensions.fooocus.conftest import FooocusServer, fooocus_server
from tests.sdapi.fakes import FakeHandle, png
from tests.sdapi.http.access.test_keys import bearer, entry

T2I = "/v1/generation/text-to-image"


@pytest.fixture
def drawing(fooocus: FooocusServer, monkeypatch: pytest.MonkeyPatch) -> FooocusServer:
    """The fake queue draws."""
    monkeypatch.setattr("tests.sdapi.fakes.answer", drawn)
    return fooocus


def drawn(request: EngineRequest) -> FooocusResult:
    assert isinstance(request, FooocusRequest)
    count = len(request.pictures)
    return FooocusResult(
        images=(png(),) * count,
        files=tuple(f"/out/files/2026-01-02/{request.saving.name}-{k}.png" for k in range(count)),
        seeds=tuple(picture.seed for picture in request.pictures),
        address=request.saving.address,
        base64=request.saving.base64,
        warnings=request.warnings,
    )


def test_a_list_of_pictures(drawing: FooocusServer) -> None:
    body = {"prompt": "a", "image_number": 2, "image_seed": 2**62, "save_name": "my cat"}
    found = drawing.client.post(T2I, json=body).json()
    assert [item["seed"] for item in found] == [str(2**62), str(2**62 + 1)]
    assert found[0]["url"] == "http://testserver/files/2026-01-02/my%20cat-0.png"
    assert (found[0]["base64"], found[0]["finish_reason"]) == (None, "SUCCESS")


def test_base64_is_a_data_url(drawing: FooocusServer) -> None:
    (item,) = drawing.client.post(T2I, json={"require_base64": "true"}).json()
    assert item["base64"].startswith("data:image/png;base64,iVBOR")


def test_links_begin_where_the_caller_is(drawing: FooocusServer) -> None:
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "pictures.example"}
    (item,) = drawing.client.post(T2I, json={}, headers=proxied).json()
    assert item["url"].startswith("https://pictures.example/files/")


def test_a_configured_address_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.sdapi.fakes.answer", drawn)
    server = fooocus_server(tmp_path, fooocus_base_url="http://cdn/base/")
    assert server.client.post(T2I, json={}).json()[0]["url"].startswith("http://cdn/base/files/")


def test_what_was_replaced_is_told(drawing: FooocusServer) -> None:
    (item,) = drawing.client.post(T2I, json={"performance_selection": "Balanced"}).json()
    assert item["warnings"][0].startswith("performance_selection: 'Balanced'")


@pytest.mark.parametrize("wish", [{"headers": {"Accept": "image/png"}}, {"params": {"accept": "image/png"}}])
def test_one_picture_alone(wish: dict[str, Any], drawing: FooocusServer) -> None:
    answer = drawing.client.post(T2I, json={"image_number": 4}, **wish)
    assert (answer.headers["content-type"], answer.content[:4]) == ("image/png", b"\x89PNG")
    assert len(drawing.request.pictures) == 1


@pytest.mark.parametrize("accept", ["*/*", "application/json, image/png", "image/webp"])
def test_other_accepts_are_json(accept: str, drawing: FooocusServer) -> None:
    assert isinstance(drawing.client.post(T2I, json={}, headers={"Accept": accept}).json(), list)


def test_a_job_at_once(fooocus: FooocusServer) -> None:
    job = fooocus.client.post(T2I, json={"async_process": True}).json()
    assert uuid.UUID(job["job_id"]).version == 4
    assert (job["job_type"], job["job_stage"], job["job_progress"]) == ("Text to Image", "WAITING", 0)
    assert (job["job_status"], job["job_step_preview"], job["job_result"]) == (None, None, None)


def test_a_full_queue(fooocus: FooocusServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.sdapi.fakes.FakeJobs.submit", _full)
    (item,) = fooocus.client.post(T2I, json={}).json()
    assert item == {"base64": None, "url": None, "seed": "", "finish_reason": "QUEUE_IS_FULL"}
    job = fooocus.client.post(T2I, json={"async_process": True}).json()
    assert (job["job_id"], job["job_stage"], job["job_result"]) == ("", "ERROR", [item])
    alone = fooocus.client.post(T2I, json={}, headers={"Accept": "image/png"})
    assert (alone.status_code, alone.text) == (409, "QUEUE_IS_FULL")


async def _full(self: object, request: EngineRequest, *, job_id: str, sender: Sender = ANYBODY) -> FakeHandle:
    raise TooManyJobs("the queue is full", retry_after=3)


@pytest.mark.parametrize(
    ("error", "reason", "status"),
    [(OutOfMemory("no room"), "ERROR", 500), (Cancelled("cancelled"), "USER_CANCEL", 400)],
)
def test_jobs_that_fail(error: Any, reason: str, status: int, fooocus: FooocusServer) -> None:
    fooocus.jobs.failure = error
    answer = fooocus.client.post(T2I, json={})
    assert (answer.status_code, answer.json()[0]["finish_reason"]) == (200, reason)
    alone = fooocus.client.post(T2I, json={}, headers={"Accept": "image/png"})
    assert (alone.status_code, alone.text) == (status, reason)


def test_no_picture_at_all(fooocus: FooocusServer) -> None:
    alone = fooocus.client.post(T2I, json={}, headers={"Accept": "image/png"})
    assert (alone.status_code, alone.content) == (500, b"")
    assert fooocus.client.post(T2I, json={}).json() == []


def test_webhooks(tmp_path: Path) -> None:
    server = fooocus_server(tmp_path, webhook_key="secret", webhook_local=True)
    server.client.post(T2I, json={"webhook_url": "http://localhost:1/x"})
    server.client.post(T2I, json={"webhook_url": "string"})
    assert [sender.webhook for sender in server.jobs.senders] == ["http://localhost:1/x", ""]
    own = fooocus_server(tmp_path, webhook_key="secret", webhook_url="http://localhost:2/y")
    own.client.post(T2I, json={"webhook_url": None})
    assert own.jobs.senders[0].webhook == "http://localhost:2/y"


def test_a_webhook_without_a_key_is_told(fooocus: FooocusServer) -> None:
    job = fooocus.client.post(T2I, json={"webhook_url": "http://a/b", "async_process": True}).json()
    assert job["warnings"][-1].startswith("webhook_url: webhooks are off")


def test_keys_hold_and_their_refusals_are_the_originals(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [entry("use"), entry("read", role="reader")]}))
    server = fooocus_server(tmp_path, api_keys=str(path))
    refused = server.client.post(T2I, json={})
    assert (refused.status_code, refused.json()) == (403, {"detail": "Forbidden"})
    assert server.client.post(T2I, json={}, headers=bearer("read")).status_code == 403
    key = bearer("use")["Authorization"].removeprefix("Bearer ")
    assert server.client.post(T2I, json={}, headers={"X-API-KEY": key}).status_code == 200
    assert server.jobs.senders[0].client == "key:use"
    assert server.request.saving.folder.startswith("key-use")


@pytest.mark.parametrize("body", ["{", "[1, 2]", '"text"', "\x00"])
def test_what_is_no_body_is_refused_in_this_form(body: str, fooocus: FooocusServer) -> None:
    answer = fooocus.client.post(T2I, content=body)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body"]
