"""Client libraries from PyPI that can't share our environment, each driven in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

SCRIPTS = Path(__file__).parent / "pypi"
TLDW = ("tldw-chatbook==0.1.8.1",)
"""Without what it needs itself, which is a whole application; its licence keeps it out of our environment."""
NEEDED = tuple(
    "loguru httpx aiohttp pillow pyyaml toml tomli_w pydantic keyring aiofiles portalocker psutil".split()
)
MORE = ("requests",)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def tldw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with tldw-chatbook."""
    folder = tmp_path_factory.mktemp("pypi") / "env"
    install(sys.executable, "-m", "venv", str(folder))
    python = folder / "bin" / "python"
    pip = (str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    install(*pip, "--no-deps", *TLDW)
    install(*pip, *NEEDED, *MORE)
    return python


def install(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip(f"{command[1:3]} took more than five minutes")
    if done.returncode != 0:
        pytest.skip(f"{command[1:3]} failed: {done.stderr[-500:]}")


def test_tldw_draws(tldw: Path, server: httpx.Client, tmp_path: Path) -> None:
    done = subprocess.run(
        [str(tldw), str(SCRIPTS / "swarmui_tldw.py")],
        env={**os.environ, "SERVER_URL": str(server.base_url), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
