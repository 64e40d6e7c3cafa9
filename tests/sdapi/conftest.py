"""An application around fakes, and a client that calls it in the same process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from sdapi.app import create_app
from sdapi.core.config import ApiConfig
from sdapi.core.services import Backend
from tests.sdapi.fakes import FakeCatalog, FakeJobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running application and the fakes behind it."""

    app: FastAPI
    client: TestClient
    jobs: FakeJobs
    catalog: FakeCatalog
    data: Path


MakeServer = Callable[..., Server]


@pytest.fixture
def make_server(tmp_path: Path) -> MakeServer:
    """Build servers; keyword arguments are command-line flags. Extensions are off."""

    def build(**flags: Any) -> Server:
        jobs, catalog = FakeJobs(), FakeCatalog()
        own = {"data_dir": str(tmp_path), "disable_all_extensions": True}
        config = ApiConfig.from_flags(own | flags)
        app = create_app(config, Backend(jobs=jobs, catalog=catalog, outputs=(tmp_path / "outputs",)))
        app.state.late.load()  # as they are a second after a start
        client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
        return Server(app=app, client=client, jobs=jobs, catalog=catalog, data=tmp_path)

    return build


@pytest.fixture
def server(make_server: MakeServer) -> Server:
    """A server with default flags."""
    return make_server()
