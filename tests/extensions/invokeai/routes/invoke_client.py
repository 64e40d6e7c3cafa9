"""A client of the routes on an application whose jobs are done at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from sdapi.app import create_app
from sdapi.core.config import ApiConfig
from sdapi.core.hooks import ApiHooks
from sdapi.core.services import Backend
from tests.sdapi.fakes import FakeCatalog, FakeJobs


def invoke_client(data: Path, jobs: FakeJobs | None = None, **flags: Any) -> TestClient:
    """A client of an application without an engine."""
    config = ApiConfig.from_flags({"data_dir": str(data), "disable_all_extensions": True, **flags})
    app = create_app(
        config, Backend(jobs=jobs or FakeJobs(), catalog=FakeCatalog()), hooks=ApiHooks(("invokeai",))
    )
    return TestClient(app, raise_server_exceptions=False)
