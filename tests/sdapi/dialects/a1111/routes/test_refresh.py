"""The model folders are read again on demand."""

from __future__ import annotations

import pytest

from tests.sdapi.conftest import Server


@pytest.mark.parametrize("what", ["embeddings", "checkpoints", "vae", "loras"])
def test_refresh(server: Server, what: str) -> None:
    assert server.client.post(f"/sdapi/v1/refresh-{what}").text == "null"
    assert server.catalog.refreshed == 1
