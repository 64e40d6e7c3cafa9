"""Engines are SwarmUI's backends."""

from __future__ import annotations

from tests.extensions.swarmui.conftest import SwarmClient, frames_of


def test_engines_are_backends(client: SwarmClient) -> None:
    (engine,) = client.ask("ListBackends", nonreal=True, full_data=True).values()
    assert (engine["status"], engine["can_load_models"], engine["id"]) == ("running", True, 0)
    assert set(engine) >= {"type", "title", "features", "max_usages", "current_model"}
    assert client.ask("FreeBackendMemory", system_ram=False, backend="all") == {"result": True, "count": 1}
    assert client.ask("FreeBackendMemory", backend="7") == {"result": False, "count": 0}
    assert client.ask("RestartBackends") == {"result": "Success.", "count": 1}
    answer = client.http.post("/API/ShutdownServer", json={"session_id": client.session})
    assert (answer.status_code, answer.json()["error_id"]) == (400, "bad_permissions")


def test_memory_is_not_freed_while_a_job_runs(client: SwarmClient) -> None:
    client.jobs.held = True
    with client.live() as socket:
        socket.send_json(client.wish())
        while "gen_progress" not in socket.receive_json():
            pass
        assert client.ask("FreeBackendMemory") == {"result": False, "count": 0}
        client.jobs.held = False
        frames_of(socket)
    assert client.ask("FreeBackendMemory", backend=None) == {"result": True, "count": 1}
