"""Only files that are listed are read, and those once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from extensions.swarmui.models import describe
from extensions.swarmui.models.facts import FileFacts
from tests.extensions.swarmui.conftest import SwarmClient
from tests.sdapi.fakes import OTHER

NAMES = ("a.ckpt", "deep/b.ckpt", "deep/er/c.ckpt")


@pytest.fixture
def read(client: SwarmClient, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Files whose tensors were looked at, of a catalog of three."""
    seen: list[str] = []

    def note(checkpoint: Path) -> FileFacts:
        seen.append(checkpoint.name)
        return FileFacts()

    items = tuple(replace(OTHER, title=name, filename=f"/models/{name}") for name in NAMES)
    monkeypatch.setattr(client.http.app.state.sdapi.catalog, "items", items)  # type: ignore[attr-defined]
    monkeypatch.setattr(describe, "facts_of", note)
    return seen


@pytest.mark.parametrize(
    ("path", "depth", "names"),
    [("", 1, ["a.ckpt"]), ("deep", 1, ["b.ckpt"]), ("deep", 9, ["b.ckpt", "c.ckpt"]), ("none", 9, [])],
)
def test_what_is_not_listed_is_not_read(
    path: str, depth: int, names: list[str], client: SwarmClient, read: list[str]
) -> None:
    found = client.ask("ListModels", path=path, depth=depth)
    assert [item["name"].rpartition("/")[2] for item in found["files"]] == names
    assert read == names


def test_of_loaded_models_one_is_read(client: SwarmClient, read: list[str]) -> None:
    assert [item["name"] for item in client.ask("ListLoadedModels")["models"]] == ["a.ckpt"]
    assert read == ["a.ckpt"]
