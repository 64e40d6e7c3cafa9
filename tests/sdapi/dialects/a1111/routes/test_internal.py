"""The routes of UI servers: progress by task, waiting tasks, start-up times."""

from __future__ import annotations

from typing import Any

from pipelines.contract.progress import Progress
from pipelines.jobs.view import JobView
from tests.sdapi.conftest import Server
from tests.sdapi.fakes import png


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
