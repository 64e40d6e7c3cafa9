"""Tickets: one job, a short time, and nothing else."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from pipelines.jobs.states import JobState
from pipelines.jobs.view import JobView
from sdapi.http.access.tickets import LIFETIME, Tickets
from sdapi.http.caller import Caller, Role
from tests.sdapi.conftest import MakeServer
from tests.sdapi.http.access.test_auth import basic
from tests.sdapi.http.access.test_keys import bearer, entry

ALICE = Caller(name="alice", role=Role.USER)
JOB = "/sdapi/v1/jobs/task(1)/x"


class Clock:
    """A clock that stands until it is set."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize("view", ["", "/events", "/result"])
def test_a_ticket_shows_one_job_to_its_caller(view: str) -> None:
    tickets = Tickets()
    ticket, _ = tickets.issue(ALICE, "task(1)/x")
    assert tickets.caller(ticket, JOB + view) == ALICE


@pytest.mark.parametrize(
    "path", ["/sdapi/v1/jobs", "/sdapi/v1/jobs/task(1)", f"{JOB}/cancel", "/sdapi/v1/options", ""]
)
def test_it_shows_nothing_else(path: str) -> None:
    tickets = Tickets()
    ticket, _ = tickets.issue(ALICE, "task(1)/x")
    assert tickets.caller(ticket, path) is None


def test_it_ends() -> None:
    clock = Clock()
    tickets = Tickets(clock=clock)
    ticket, ends = tickets.issue(ALICE, "a")
    assert ends == clock.now + LIFETIME
    clock.now = ends - 1
    assert tickets.caller(ticket, "/sdapi/v1/jobs/a") == ALICE
    clock.now = ends
    assert tickets.caller(ticket, "/sdapi/v1/jobs/a") is None


@pytest.mark.parametrize("ticket", ["", ".", "a.b", "a", "a.b.c", "ü.ü", "!!.!!", "W10.W10", "=.="])
def test_nonsense_admits_nobody(ticket: str) -> None:
    assert Tickets().caller(ticket, "/sdapi/v1/jobs/a") is None


def test_it_can_be_forged_by_nobody_else() -> None:
    tickets = Tickets()
    ticket, ends = tickets.issue(ALICE, "a")
    text = json.dumps(["root", "admin", "a", ends]).encode()
    forged = base64.urlsafe_b64encode(text).decode().rstrip("=") + "." + ticket.partition(".")[2]
    assert tickets.caller(forged, "/sdapi/v1/jobs/a") is None
    assert Tickets().caller(ticket, "/sdapi/v1/jobs/a") is None
    assert "secret" not in repr(tickets)


def test_over_http_with_keys_and_with_passwords(tmp_path: Path, make_server: MakeServer) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [entry("alice"), entry("bob")]}))
    server = make_server(api_keys=str(path), api_auth="me:secret")
    server.jobs.view = JobView(
        id="a", active=False, state=JobState.CANCELLED, client="key:alice", kind="txt2img"
    )
    assert server.client.get("/sdapi/v1/jobs/a/events").status_code == 401
    for headers in (bearer("alice"), basic("me:secret")):
        answer = server.client.post("/sdapi/v1/jobs/a/ticket", headers=headers).json()
        events = answer["links"]["events"]
        assert events.startswith("http://testserver/sdapi/v1/jobs/a/events?ticket=")
        assert answer["expires"] > 0
        assert server.client.get(events).text.startswith("id: ")
        job = server.client.get(answer["links"]["job"])
        assert job.json()["state"] == "cancelled"
        for other in ("/sdapi/v1/jobs", "/sdapi/v1/jobs/b", "/sdapi/v1/options", "/file=x"):
            query = f"{other}?ticket={answer['ticket']}"
            assert server.client.get(query).status_code == 401
        assert server.client.delete(f"/sdapi/v1/jobs/a?ticket={answer['ticket']}").status_code == 401
    assert server.client.post("/sdapi/v1/jobs/a/ticket", headers=bearer("bob")).status_code == 404
    assert server.client.post("/sdapi/v1/jobs/a/ticket").status_code == 401
