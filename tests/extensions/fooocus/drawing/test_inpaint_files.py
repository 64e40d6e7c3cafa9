"""The files that repaint, and the warnings where there are none."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from extensions.fooocus.drawing.inpaint_files import FOLDER, HEAD, PATCHES, engine_files
from extensions.fooocus.steering.call import InpaintFiles
from pipelines.families.base import Family
from pipelines.families.sd.sd1 import SD1
from pipelines.families.sd.sdxl import SDXL


def found(
    version: str, models: Path, *, family: Family = SDXL, conditioning: str = "none"
) -> tuple[InpaintFiles | None, list[str]]:
    told: list[str] = []
    model = SimpleNamespace(family=family, conditioning=conditioning)
    folders = SimpleNamespace(models=models)
    services: Any = SimpleNamespace(
        load_checkpoint=lambda *_: model, settings=SimpleNamespace(folders=folders)
    )
    request: Any = SimpleNamespace(base=SimpleNamespace(checkpoint="a", options=None))
    return engine_files(request, version, services, told.append), told


@pytest.fixture
def models(tmp_path: Path) -> Path:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / HEAD).touch()
    (tmp_path / FOLDER / PATCHES["v2.6"]).touch()
    return tmp_path


def test_both_files_of_the_version(models: Path) -> None:
    files, told = found("v2.6", models)
    assert files is not None
    assert (Path(files.head).name, Path(files.patch).name) == (HEAD, PATCHES["v2.6"])
    assert told == []


def test_what_lacks_is_told(models: Path) -> None:
    files, (told,) = found("v1", models)
    assert files is None
    assert f"needs {PATCHES['v1']} in {models.name}/{FOLDER}" in told
    assert "checkpoints of SDXL" in found("v2.6", models, family=SD1)[1][0]


def test_some_need_none(models: Path) -> None:
    assert found("", models) == (None, [])
    assert found("v2.6", models, conditioning="inpaint") == (None, [])
