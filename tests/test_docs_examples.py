"""The examples of the how-to guides work as they stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pipelines.contract.requests import ScriptCall
from pipelines.contract.results import GenerationResult
from pipelines.engine.engine import Engine
from pipelines.scripting.script_file import discover
from tests.engines import make_engine, make_request


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
