"""Clients of Fooocus-API from PyPI, each in an environment of its own, against a real server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.extensions.fooocus.small_models import equipped

SCRIPTS = Path(__file__).parent / "pypi"
GENERATED = ("Fooocus-API-python-client==1.0.0",)
TOOLS = ("mcp-fooocus-api==0.1.0", "mcp<2")
"""The second release of ``mcp`` has other names."""
Install = Callable[..., Path]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Install:
    """Make an environment with packages, whose dependencies are not this project's; answer its Python."""

    def install(*packages: str) -> Path:
        folder = tmp_path_factory.mktemp("pypi")
        python = folder / "bin" / "python"
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=120)
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if done.returncode != 0:
            pytest.skip(f"pip can't install {' '.join(packages)}: {done.stderr[-300:]}")
        return python

    return install


@pytest.fixture(scope="module")
def server(root: Path, models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """It has files for everything that clients ask for."""
    with equipped(root, models_dir, tmp_path_factory.mktemp("packages")) as client:
        yield client


def run(python: Path, script: str, server: httpx.Client, *files: Path) -> None:
    done = subprocess.run(
        [str(python), str(SCRIPTS / script), *map(str, files)],
        env={**os.environ, "SERVER_URL": str(server.base_url)},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_generated_client_uses_every_method(
    installed: Install, server: httpx.Client, square: Image.Image, mask: Image.Image, tmp_path: Path
) -> None:
    files = tmp_path / "square.png", tmp_path / "mask.png"
    square.save(files[0])
    mask.save(files[1])
    run(installed(*GENERATED), "fooocusapi_client_run.py", server, *files)


def test_the_tool_server_answers_a_link_that_works(installed: Install, server: httpx.Client) -> None:
    run(installed(*TOOLS), "fooocus_mcp_run.py", server)
