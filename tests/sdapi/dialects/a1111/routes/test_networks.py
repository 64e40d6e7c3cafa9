"""Previews and metadata of model files, and nothing else of the disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from safetensors.numpy import save_file

from sdapi.core.services import CheckpointItem
from sdapi.dialects.a1111.routes.networks import files_of, model_folders, preview_beside
from tests.sdapi.conftest import Server
from tests.sdapi.fakes import FakeCatalog, png
from tests.sdapi.states import make_state


def test_previews_lie_beside_models(server: Server) -> None:
    model = server.data / "models" / "m.safetensors"
    model.parent.mkdir()
    model.write_bytes(b"")
    (model.parent / "m.preview.png").write_bytes(png())
    (server.data / "secret.png").write_bytes(png())
    item = CheckpointItem(title="m", model_name="m", hash=None, sha256=None, filename=str(model))
    server.catalog.items = (item,)
    thumb = "/sd_extra_networks/thumb?filename="
    assert server.client.get(f"{thumb}{model.parent}/m.preview.png").content == png()
    assert server.client.get("/sd_extra_networks/cover-images?page=checkpoints&item=m").content == png()
    for other in (server.data / "secret.png", model, f"{model.parent}/../secret.png", "/etc/passwd", "%00"):
        assert server.client.get(f"{thumb}{other}").status_code == 404
    assert server.client.get("/sd_extra_networks/cover-images?page=checkpoints&item=x").status_code == 404


def test_cards_and_metadata(server: Server) -> None:
    card = server.client.get("/sd_extra_networks/get-single-card?page=lora&name=tiny").json()
    assert "tiny" in card["html"]
    assert server.client.get("/sd_extra_networks/get-single-card?page=lora&name=<b>").json() == {"html": ""}
    assert server.client.get("/sd_extra_networks/metadata?page=hypernetworks&item=tinyhn").json() == {}
    assert server.client.get("/sd_extra_networks/metadata?page=nope&item=x").json() == {}


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("checkpoints", {"tiny-sd1", "tiny-sd1-b"}),
        ("Lora", {"tiny"}),
        ("HYPERNETWORKS", {"tinyhn"}),
        ("nothing", set[str]()),
        ("", set[str]()),
    ],
)
def test_pages_ignore_letter_case(page: str, names: set[str]) -> None:
    assert files_of(FakeCatalog(), page).keys() == names


def test_folders_are_those_of_listed_files() -> None:
    folders = model_folders(make_state())
    assert folders == {Path("/models"), Path("/models/Lora"), Path("/models/hypernetworks")}


@pytest.mark.parametrize("name", ["a.b.png", "a.b.preview.jpg", "a.b.webp", "a.b.preview.gif"])
def test_a_preview_has_the_files_stem(name: str, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    (tmp_path / "a.png").touch()
    assert preview_beside(tmp_path / "a.b.safetensors") == tmp_path / name


def test_a_plain_name_comes_before_preview(tmp_path: Path) -> None:
    for name in ("a.preview.png", "a.png", "a.jpg"):
        (tmp_path / name).touch()
    assert preview_beside(tmp_path / "a.pt") == tmp_path / "a.png"
    assert preview_beside(tmp_path / "b.pt") is None


def test_metadata_is_indented_text(server: Server) -> None:
    file = server.data / "m.safetensors"
    item = CheckpointItem(title="m", model_name="m", hash=None, sha256=None, filename=str(file))
    server.catalog.items = (item,)
    url = "/sd_extra_networks/metadata?page=checkpoints&item=m"
    save_file({}, file, metadata={"title": "Grüße"})
    assert server.client.get(url).json() == {"metadata": '{\n    "title": "Grüße"\n}'}
    save_file({}, file)
    assert server.client.get(url).json() == {}
