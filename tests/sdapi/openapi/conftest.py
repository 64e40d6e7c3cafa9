"""The document of a server with every route."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from sdapi.app import create_app
from sdapi.core.config import ApiConfig
from sdapi.core.services import Backend
from tests.sdapi.fakes import FakeCatalog, FakeJobs


def application(data: Path, **flags: Any) -> FastAPI:
    """An application with its extensions."""
    config = ApiConfig.from_flags({"data_dir": str(data), **flags})
    return create_app(config, Backend(jobs=FakeJobs(), catalog=FakeCatalog()))


@pytest.fixture(scope="package")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """With default flags, and the routes that stop the server."""
    return application(tmp_path_factory.mktemp("data"), api_server_stop=True).openapi()
