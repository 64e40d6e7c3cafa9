"""The API around fakes, and an engine on the small checkpoint with both extensions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from extensions.fooocus.kinds import FooocusRequest
from pipelines.contract.settings import Folders
from pipelines.engine.engine import Engine
from pipelines.extending.extension_packages import find_extensions
from sdapi.app import create_app
from sdapi.core.config import ApiConfig
from sdapi.core.hooks import ApiHooks
from sdapi.core.services import Backend
from sdapi.core.state import State
from tests.engines import engine_settings
from tests.sdapi.fakes import FakeCatalog, FakeJobs


@dataclass(frozen=True, slots=True, kw_only=True)
class FooocusServer:
    """An application with this extension alone, and the fakes behind it."""

    client: TestClient
    jobs: FakeJobs
    state: State
    data: Path

    @property
    def request(self) -> FooocusRequest:
        """The job that was queued last."""
        found = self.jobs.submitted[-1][1]
        assert isinstance(found, FooocusRequest)
        return found

    def make(self, path: str = "/v1/generation/text-to-image", **body: Any) -> FooocusRequest:
        """Queue a job by JSON; what was asked of the engine."""
        answer = self.client.post(path, json=body)
        assert answer.status_code == 200, answer.text
        return self.request


def fooocus_server(data: Path, *, folders: Folders | None = None, **flags: Any) -> FooocusServer:
    """With further command-line flags, and with folders of weights if it is to know any."""
    jobs = FakeJobs()
    config = ApiConfig.from_flags({"data_dir": str(data), "disable_all_extensions": True, **flags})
    config = replace(config, folders=folders)
    app = create_app(config, Backend(jobs=jobs, catalog=FakeCatalog()), hooks=ApiHooks(("fooocus",)))
    client = TestClient(app, raise_server_exceptions=False)
    return FooocusServer(client=client, jobs=jobs, state=app.state.sdapi, data=data)


@pytest.fixture
def fooocus(tmp_path: Path) -> FooocusServer:
    """A server with default flags."""
    return fooocus_server(tmp_path)


@pytest.fixture(scope="session")
def engine(root: Path, models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Fp32 on the CPU, with ControlNet."""
    names = find_extensions("engine", (root / "extensions",))
    assert {"controlnet", "fooocus"} <= set(names)
    data = tmp_path_factory.mktemp("data")
    engine = Engine(engine_settings(models_dir, data, extensions=("controlnet", "fooocus")))
    yield engine
    engine.close()
