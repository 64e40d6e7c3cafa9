"""Listings of files and styles."""

from __future__ import annotations

from tests.extensions.fooocus.conftest import FooocusServer

MODELS = {
    "model_filenames": ["tiny-sd1-b.safetensors", "tiny-sd1.safetensors"],
    "lora_filenames": ["tiny.safetensors"],
}


def test_models_under_all_their_names(fooocus: FooocusServer) -> None:
    client = fooocus.client
    assert client.get("/v1/engines/all-models").json() == MODELS
    assert client.get("/v1/engines/refresh-models").json() == MODELS
    assert client.post("/v1/engines/refresh-models").json() == MODELS


def test_styles_are_a_bare_list(fooocus: FooocusServer) -> None:
    styles = fooocus.client.get("/v1/engines/styles").json()
    assert len(styles) == 279
    assert {"Fooocus V2", "Fooocus Enhance", "Watercolor 2", "Whimsical And Playful"} <= set(styles)


def test_probes(fooocus: FooocusServer) -> None:
    assert fooocus.client.get("/ping").json() == "pong"
    assert fooocus.client.get("/v1/engines/clean_vram").json() == {"message": "ok"}
    assert fooocus.client.get("/").status_code == 200
