"""The plugin surface: every name is there, and one that needs no torch imports none."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import pipelines.plugin
import sdapi.plugin
from pipelines.extending.lazy_exports import exported

SURFACES = (pipelines.plugin, sdapi.plugin)
NAMES = [(m.__name__, name) for m in SURFACES for name in exported(Path(str(m.__file__)))]


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_a_public_name_is_there(module: str, name: str) -> None:
    assert getattr(import_module(module), name) is not None


def test_another_name_is_missing() -> None:
    with pytest.raises(AttributeError, match="plugin has no 'nothing'"):
        getattr(pipelines.plugin, "nothing")  # noqa: B009


def test_what_needs_no_torch_imports_none(root: Path) -> None:
    code = "import sys; from pipelines.plugin import InvalidRequest, Script; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0
