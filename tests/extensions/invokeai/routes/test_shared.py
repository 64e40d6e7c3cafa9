"""An application has one queue of graphs, whoever asks, and lets it go when it stops."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from extensions.invokeai.routes.shared import service_of
from sdapi.core.state import State
from sdapi.http.caller import Caller
from tests.extensions.invokeai.routes.invoke_client import invoke_client


def state_of(client: TestClient) -> State:
    app: Any = client.app
    return app.state.sdapi


def test_all_callers_of_an_application_have_one_service(tmp_path: Path) -> None:
    state = state_of(invoke_client(tmp_path))
    service = service_of(state)
    assert service_of(replace(state, caller=Caller(name="other"))) is service


def test_two_applications_of_a_folder_have_their_own(tmp_path: Path) -> None:
    assert service_of(state_of(invoke_client(tmp_path))) is not service_of(state_of(invoke_client(tmp_path)))


def test_a_stopped_application_keeps_none(tmp_path: Path) -> None:
    client = invoke_client(tmp_path)
    with client:
        assert client.get("/api/v1/app/version").status_code == 200
        first = service_of(state_of(client))
    with client:
        assert service_of(state_of(client)) is not first
