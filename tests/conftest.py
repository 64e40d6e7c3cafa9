"""Fixtures that all tests share: no network, few threads, and the recorded answers of the original."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from pipelines.hosts.cores import passive_waiting

ROOT = Path(__file__).resolve().parents[1]
RECORDINGS = ("SDAPI_PARITY_DIR", ROOT / "tests" / "parity" / "recorded", ROOT.parent / "shared" / "parity")

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ.pop("COMMANDLINE_ARGS", None)
os.environ.update(passive_waiting(os.environ))
# the same examples every time; HYPOTHESIS_PROFILE=default looks for new ones
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Escape file names that aren't UTF-8 in logs: reports cross processes as UTF-8."""
    report = yield
    escaped = [(name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections]
    report.sections[:] = escaped
    return report


def pytest_collection_finish() -> None:
    """Keep what has been imported out of garbage collections: engines collect when a checkpoint leaves."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Let the interpreter end as it would."""
    gc.unfreeze()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Name of the event loop that runs async tests: the server's own."""
    return "asyncio"


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder, which holds ``pyproject.toml``."""
    return ROOT


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """A models folder in A1111's layout with one small checkpoint, Stable-diffusion/tiny-sd1.safetensors."""
    return ROOT / "tests" / "data" / "models"


@pytest.fixture(scope="session")
def parity_dir() -> Path:
    """The folder with the original's recorded answers; tests that need it are skipped where it is absent."""
    first, *others = RECORDINGS
    candidates = [Path(os.environ[str(first)])] if str(first) in os.environ else [Path(p) for p in others]
    for folder in candidates:
        if (folder / "cases").is_dir():
            return folder
    pytest.skip("the recorded answers are not here; SDAPI_PARITY_DIR names their folder")
