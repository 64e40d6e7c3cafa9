"""Clients of InvokeAI from PyPI, each driven by a script in ``pypi/`` in an environment of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.running import running
from tests.tiny_checkpoints import write_tiny

SCRIPTS = Path(__file__).parent / "pypi"
REQUIREMENTS = {
    "invokeai_python": ("invokeai-python==0.6.2",),
    "invokeai_py_client": ("invokeai-py-client==1.1.1",),
    "invokeai_mcp_server": ("invokeai-mcp-server==1.0.1", "mcp<2", "pillow"),
}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def invoke_server(
    root: Path, models_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """A server with a small checkpoint of SD 1 and one of SDXL, and with no work behind it."""
    folder = tmp_path_factory.mktemp("invoke-clients")
    shutil.copytree(models_dir, folder / "models")
    write_tiny(folder / "models" / "Stable-diffusion")
    (folder / "data").mkdir()
    with running(root, folder / "models", folder / "data", threads=1) as client:
        yield client


@pytest.fixture(params=[*REQUIREMENTS])
def client_program(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """The command that drives a client, which is installed for it."""
    name: str = request.param
    if name == "invokeai_python" and sys.version_info >= (3, 13):
        pytest.skip("invokeai-python needs a module that Python 3.13 has no longer")
    venv.create(tmp_path / "env", with_pip=True)
    python = str(tmp_path / "env" / "bin" / "python")
    install = [python, "-m", "pip", "install", "-q", *REQUIREMENTS[name]]
    done = subprocess.run(install, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != 0:
        pytest.skip(f"{name} can't be installed: {done.stderr[-500:]}")
    # a copy elsewhere: a script of the client's own name would be imported in its place
    script = shutil.copy(SCRIPTS / f"{name}.py", tmp_path / "drive.py")
    return [python, str(script)]


def test_a_client_works(client_program: list[str], invoke_server: httpx.Client) -> None:
    done = subprocess.run(
        client_program,
        env={**os.environ, "SERVER_URL": str(invoke_server.base_url)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
