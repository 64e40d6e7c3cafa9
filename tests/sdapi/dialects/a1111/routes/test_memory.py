"""Memory figures, unloading and reloading."""

from __future__ import annotations

from types import SimpleNamespace

import psutil
import pytest

from pipelines.contract.requests import LoadCheckpointRequest, UnloadRequest
from pipelines.jobs.view import JobView
from sdapi.dialects.a1111.routes.memory import ram
from tests.sdapi.conftest import Server
from tests.sdapi.fakes import OTHER


def test_memory_is_freed_without_waiting_for_the_job_that_runs(server: Server) -> None:
    assert server.client.post("/sdapi/v1/unload-checkpoint").json() == {}
    server.jobs.view = JobView(id="busy")
    answer = server.client.post("/sdapi/v1/unload-checkpoint")
    assert answer.status_code == 200 and "when it ends" in answer.json()["warnings"][0]
    assert len(server.jobs.submitted) == 2


def test_the_total_is_derived_from_the_share(monkeypatch: pytest.MonkeyPatch) -> None:
    class Process:
        """A process that takes 200 bytes, a quarter of the machine's."""

        def memory_info(self) -> SimpleNamespace:
            return SimpleNamespace(rss=200)

        def memory_percent(self) -> float:
            return 25.0

    monkeypatch.setattr(psutil, "Process", Process)
    assert ram() == {"free": 600.0, "used": 200, "total": 800.0}


@pytest.mark.parametrize("error", [psutil.AccessDenied(1), OSError("no /proc"), ZeroDivisionError("zero")])
def test_a_failure_is_a_text(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(psutil, "Process", fail)
    assert ram() == {"error": str(error)}


def test_the_device_has_its_own_part(server: Server) -> None:
    answer = server.client.get("/sdapi/v1/memory").json()
    assert list(answer) == ["ram", "cuda"]
    assert answer["cuda"] == {"error": "unavailable"}


def test_reloading_loads_the_selected_checkpoint(server: Server) -> None:
    assert server.client.post("/sdapi/v1/reload-checkpoint").json() == {}
    (_, request) = server.jobs.submitted[-1]
    assert isinstance(request, LoadCheckpointRequest)
    assert request.checkpoint == OTHER.filename
    server.catalog.items = ()
    refused = server.client.post("/sdapi/v1/reload-checkpoint")
    assert (refused.status_code, "No checkpoints found" in refused.text) == (422, True)


def test_clients_need_not_wait(server: Server) -> None:
    for route in ("unload", "reload"):
        assert server.client.post(f"/sdapi/v1/{route}-checkpoint?async=1").status_code == 202
    assert isinstance(server.jobs.submitted[0][1], UnloadRequest)
