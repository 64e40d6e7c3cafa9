"""The examples of the how-to guides work as they stand."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from starlette.testclient import TestClient

from pipelines.contract.requests import ScriptCall
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from pipelines.scripting.script_file import discover
from sdapi.app import create_app
from sdapi.core.config import ApiConfig
from sdapi.core.hooks import ApiHooks
from sdapi.core.services import Backend
from tests.engines import make_engine, make_request
from tests.sdapi.fakes import FakeCatalog, FakeJobs


def _example(root: Path, page: str) -> str:
    found = re.search(r"```python\n(.*?)```", (root / "docs" / "how-to" / page).read_text(), re.DOTALL)
    assert found is not None
    return found[1]


def _engine(models_dir: Path, data: Path) -> Engine:
    return make_engine(models_dir, data)


def test_a_dropped_in_script_appears_and_runs(root: Path, models_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "cfg_series.py").write_text(_example(root, "write-a-script.md"))
    assert [script.title for script in discover(tmp_path / "scripts").items] == ["CFG series"]
    engine = _engine(models_dir, tmp_path)
    result = engine.run(
        make_request(models_dir, steps=2, script=ScriptCall(name="cfg series", args=("1, 7",)))
    )
    engine.close()
    assert isinstance(result, GenerationResult)
    assert [re.findall(r"CFG scale: ([\d.]+)", t)[0] for t in result.info["infotexts"]] == ["1.0", "7.0"]


def test_an_extension_changes_pictures(root: Path, models_dir: Path, tmp_path: Path) -> None:
    engine = _engine(models_dir, tmp_path)
    request = make_request(models_dir, steps=2)
    before = engine.run(request)
    namespace: dict[str, Any] = {}
    exec(_example(root, "write-an-extension.md"), namespace)
    plugin = type("Plugin", (), {"picture_hook": staticmethod(namespace["picture_hook"])})
    engine.services.hooks.register(plugin)
    after = engine.run(request)
    engine.close()
    assert isinstance(before, GenerationResult)
    assert isinstance(after, GenerationResult)
    assert before.images != after.images


def test_a_dialect_draws_and_says_its_own_errors(root: Path, tmp_path: Path) -> None:
    api = ModuleType("sketches")
    sys.modules[api.__name__] = api
    exec(_example(root, "add-a-dialect.md"), vars(api))
    hooks = ApiHooks()
    hooks.register(api)
    config = ApiConfig.from_flags({"data_dir": str(tmp_path), "disable_all_extensions": True})
    client = TestClient(create_app(config, Backend(jobs=FakeJobs(), catalog=FakeCatalog()), hooks=hooks))
    assert len(client.post("/sketches/draw", json={"text": "a"}).json()["pictures"]) == 1
    assert client.post("/sketches/draw", json={"text": "a", "size": 3}).json()["where"] == "size"
    with client.websocket_connect("/sketches/live") as socket:
        socket.send_json({"text": "a"})
        assert socket.receive_json()["ok"] is True
