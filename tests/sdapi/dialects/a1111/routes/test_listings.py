"""Listings against what the original listed."""

from __future__ import annotations

import pytest

from sdapi.core.services import FileRow, LoraRow, UpscalerRow
from tests.sdapi.conftest import Server
from tests.sdapi.dialects.a1111.routes.test_scripts import recorded
from tests.sdapi.fakes import TINY, FakeCatalog

CONSTANT = "samplers schedulers latent-upscale-modes face-restorers realesrgan-models".split()


@pytest.mark.parametrize("name", CONSTANT)
def test_constant_listings_are_the_recorded_ones(server: Server, name: str) -> None:
    assert server.client.get(f"/sdapi/v1/{name}").json() == recorded(f"get-{name}")


def test_checkpoints(server: Server) -> None:
    rows = server.client.get("/sdapi/v1/sd-models").json()
    assert rows[1] == {
        "title": TINY.title,
        "model_name": "tiny-sd1",
        "hash": TINY.hash,
        "sha256": TINY.sha256,
        "filename": TINY.filename,
        "config": None,
    }


def test_embeddings_are_objects(server: Server) -> None:
    answer = server.client.get("/sdapi/v1/embeddings").json()
    assert answer["loaded"]["tinyti"] == {
        "step": None,
        "sd_checkpoint": None,
        "sd_checkpoint_name": None,
        "shape": 64,
        "vectors": 1,
    }
    assert set(answer["skipped"]) == {"tinyxl"}


def test_embeddings_without_a_checkpoint(server: Server) -> None:
    server.catalog.items = ()
    assert server.client.get("/sdapi/v1/embeddings").json() == {"loaded": {}, "skipped": {}}


def test_small_listings(server: Server) -> None:
    assert server.client.get("/sdapi/v1/upscalers").json()[0]["name"] == "None"
    assert server.client.get("/sdapi/v1/sd-vae").json()[0]["model_name"] == "tiny-vae-b.safetensors"
    assert server.client.get("/sdapi/v1/hypernetworks").json()[0]["name"] == "tinyhn"
    assert server.client.get("/sdapi/v1/loras").json()[0]["metadata"] == {}
    assert server.client.get("/sdapi/v1/extensions").json() == []
    assert server.client.get("/sdapi/v1/prompt-styles").json() == []


def test_a_damaged_file_is_listed_with_a_reason(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    file = FileRow(name="x", path="/models/x.pt", damaged="x.pt is empty")
    lora = LoraRow(name="x", alias="x", path="/models/x.pt", damaged="x.pt is empty")
    upscaler = UpscalerRow(name="x", damaged="x.pt is empty")
    rows = {"vaes": file, "hypernetworks": file, "loras": lora, "upscalers": upscaler}
    listed = ("sd-vae", "hypernetworks", "loras", "upscalers")
    for name in listed:
        assert "damaged" not in server.client.get(f"/sdapi/v1/{name}").json()[0]
    for name, row in rows.items():
        monkeypatch.setattr(FakeCatalog, name, lambda catalog, row=row: (row,))
    for name in listed:
        assert server.client.get(f"/sdapi/v1/{name}").json()[0]["damaged"] == "x.pt is empty"
