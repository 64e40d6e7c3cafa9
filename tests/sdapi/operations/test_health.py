"""Probes for balancers and supervisors."""

from __future__ import annotations

import pytest

from tests.sdapi.conftest import Server
from tests.sdapi.fakes import FakeJobs


def test_a_server_that_answers_lives(server: Server) -> None:
    assert server.client.get("/health/live").json() == {"status": "live"}


def test_readiness_shows_the_engines(server: Server) -> None:
    answer = server.client.get("/health/ready")
    engine = {"engine": 0, "device": "cuda:0", "node": "", "ready": True, "restarts": 2}
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "engines": [engine]})


def test_without_an_engine_balancers_go_elsewhere(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeJobs, "ready", lambda jobs: False)
    answer = server.client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "not ready")


def test_figures_are_prometheus_text(server: Server) -> None:
    answer = server.client.get("/metrics")
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "sdapi_queue_length 0.0" in answer.text
