"""Linters, type checker, import contracts and generated documents agree with the tree."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sdapi.flags.table import TABLE
from tools.generate_docs import DOCS, PAGES, render

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(sys.executable).parent
TORCH_FREE = """
import importlib, pkgutil, sys, sdapi
for module in pkgutil.walk_packages(sdapi.__path__, "sdapi."):
    importlib.import_module(module.name)
heavy = {"torch", "diffusers", "transformers", "scipy", "cv2"} & set(sys.modules)
sys.exit(f"imported by the API process: {sorted(heavy)}" if heavy else 0)
"""

QUICK_START = """
import sys, tempfile
from sdapi.flags.parse import parse_flags
from sdapi.cli.server import make_server
make_server(parse_flags(["--port", "0", "--data-dir", tempfile.mkdtemp()]))
heavy = {"torch", "numpy", "cv2", "scipy", "skimage"} & set(sys.modules)
sys.exit(f"imported before the first request: {sorted(heavy)}" if heavy else 0)
"""


def output_of(*command: str | Path) -> tuple[int, str]:
    done = subprocess.run([str(c) for c in command], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "--quiet"), ("ruff", "format", "--check", "--quiet"), ("lint-imports",), ("pyright",)],
    ids=" ".join,
)
def test_tree_passes(command: tuple[str, ...]) -> None:
    status, text = output_of(SCRIPTS / command[0], *command[1:])
    assert status == 0, text


def test_api_process_imports_no_torch() -> None:
    status, text = output_of(sys.executable, "-c", TORCH_FREE)
    assert status == 0, text


def test_making_the_server_imports_no_arrays() -> None:
    status, text = output_of(sys.executable, "-c", QUICK_START)
    assert status == 0, text


@pytest.mark.parametrize("page", PAGES)
def test_generated_page_is_current(page: str) -> None:
    assert (DOCS / page).read_text(encoding="utf-8") == render(page), "run tools/generate_docs.py"


def test_every_flag_is_documented() -> None:
    text = (DOCS / "reference" / "flags.md").read_text(encoding="utf-8")
    assert [flag.name for flag in TABLE if f"`{flag.name}`" not in text] == []
