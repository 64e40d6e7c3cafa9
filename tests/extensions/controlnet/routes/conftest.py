"""A server with ControlNet and no engine, for tests of its routes."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from sdapi.app import create_app
from sdapi.core.config import ApiConfig
from sdapi.core.services import Backend
from tests.extensions.controlnet.control_engine import MODELS
from tests.sdapi.fakes import FakeCatalog, FakeJobs


@pytest.fixture
def jobs() -> FakeJobs:
    return FakeJobs()


@pytest.fixture
def client(tmp_path: Path, jobs: FakeJobs) -> TestClient:
    config = ApiConfig.from_flags({"data_dir": str(tmp_path), "models_dir": str(MODELS)})
    return TestClient(create_app(config, Backend(jobs=jobs, catalog=FakeCatalog())))
