"""The recordings are replayed on a real server that has the derived checkpoints too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.derived_checkpoints import BASE, models_with_derived
from tests.running import running


@pytest.fixture(scope="session")
def server(root: Path, models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a running server; requests that name no checkpoint mean the small one."""
    models = models_with_derived(models_dir, tmp_path_factory.mktemp("models"))
    with running(root, models, tmp_path_factory.mktemp("data")) as client:
        client.post("/sdapi/v1/options", json={"sd_model_checkpoint": f"{BASE}.safetensors"})
        yield client
