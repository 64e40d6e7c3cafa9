"""Pictures beside weight files are found and served."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from extensions.swarmui.models.previews import preview_of
from tests.extensions.swarmui.conftest import SwarmClient
from tests.sdapi.fakes import OTHER, png


@pytest.mark.parametrize("ending", [".png", ".preview.png", ".webp"])
def test_a_picture_beside_a_file(ending: str, tmp_path: Path) -> None:
    path = tmp_path / "a.v1.safetensors"
    assert preview_of(path) is None
    path.with_suffix(ending).write_bytes(png())
    assert preview_of(path) == path.with_suffix(ending)
    assert preview_of(None) is None


def test_it_is_served(client: SwarmClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "m.png").write_bytes(png())
    items = (replace(OTHER, filename=str(tmp_path / "m.safetensors")),)
    monkeypatch.setattr(client.http.app.state.sdapi.catalog, "items", items)  # type: ignore[attr-defined]
    (item,) = client.ask("ListModels")["files"]
    assert item["preview_image"] == "/ViewSpecial/Stable-Diffusion/tiny-sd1-b.safetensors"
    assert client.http.get(item["preview_image"]).content == png()
    for address in ("/ViewSpecial/LoRA/nobody", "/ViewSpecial/Magic/x", "/ViewSpecial/LoRA/tiny"):
        assert client.http.get(address).json()["error_id"] == "file_not_found"


