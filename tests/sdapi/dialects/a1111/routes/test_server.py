"""Routes that end the server."""

from __future__ import annotations

import pytest

from sdapi.dialects.a1111.routes import server as routes
from tests.sdapi.conftest import MakeServer, Server


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Note what would be done a moment later, in place of doing it."""
    soon: list[object] = []
    monkeypatch.setattr(routes, "_soon", soon.append)
    return soon


@pytest.fixture
def stoppable(make_server: MakeServer) -> Server:
    """A server whose flags allow it to be stopped."""
    return make_server(api_server_stop=True)


def test_stopping_answers_first(stoppable: Server, ends: list[object]) -> None:
    answer = stoppable.client.post("/sdapi/v1/server-stop")
    assert (answer.status_code, answer.text, "content-type" in answer.headers) == (200, "Stopping.", False)
    assert stoppable.client.post("/sdapi/v1/server-kill").status_code == 200
    assert ends == [routes.end_process] * 2


def test_a_restart_leaves_a_note(
    stoppable: Server, ends: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SD_WEBUI_RESTART", "tmp/restart")
    assert stoppable.client.post("/sdapi/v1/server-restart").status_code == 200
    assert (stoppable.data / "tmp" / "restart").exists()
    assert ends == [routes.end_process]


def test_without_a_launcher_nothing_restarts(
    stoppable: Server, ends: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SD_WEBUI_RESTART", raising=False)
    answer = stoppable.client.post("/sdapi/v1/server-restart")
    assert (answer.status_code, answer.text) == (501, "")
    assert not (stoppable.data / "tmp").exists()
    assert ends == []
