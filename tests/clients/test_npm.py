"""Client libraries from npm, each driven by a small script in ``npm/`` against a real server."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

SCRIPTS = sorted((Path(__file__).parent / "npm").glob("*.mjs"))
INSTALL = "npm install --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error".split()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (shutil.which("npm") and shutil.which("node")), reason="npm is not installed"),
]


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the packages of ``npm/package.json`` and the scripts."""
    folder = tmp_path_factory.mktemp("npm") / "clients"
    shutil.copytree(SCRIPTS[0].parent, folder)
    try:
        done = subprocess.run(INSTALL, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm install took more than five minutes")
    if done.returncode != 0:
        pytest.skip(f"npm install failed: {done.stderr[-500:]}")
    return folder


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_library_works(script: Path, packages: Path, server: httpx.Client) -> None:
    done = subprocess.run(
        ["node", script.name],
        cwd=packages,
        env={**os.environ, "SERVER_URL": str(server.base_url)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
