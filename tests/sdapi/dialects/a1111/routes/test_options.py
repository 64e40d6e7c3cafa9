"""Options over HTTP and on disk."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines.contract.errors import CorruptFile
from pipelines.contract.requests import LoadCheckpointRequest
from tests.sdapi.conftest import MakeServer, Server
from tests.sdapi.dialects.a1111.routes.test_scripts import recorded
from tests.sdapi.fakes import OTHER, TINY

OUR_DEFAULTS = {"api_enable_requests", "live_previews_enable"}


def get(server: Server) -> dict[str, Any]:
    """Read all options."""
    return server.client.get("/sdapi/v1/options").json()


def test_every_recorded_key_is_there_in_order_and_type(server: Server) -> None:
    ours, theirs = get(server), recorded("get-options")
    assert [key for key in ours if key in theirs] == list(theirs)
    for key, value in theirs.items():
        assert isinstance(ours[key], bool) == isinstance(value, bool), key
        assert isinstance(ours[key], type(value)) or isinstance(value, float), key


def test_checkpoint_is_shown_by_title_and_hash(server: Server) -> None:
    assert get(server)["sd_model_checkpoint"] == OTHER.title
    assert get(server)["sd_checkpoint_hash"] == OTHER.sha256


def test_defaults_are_integers_and_stored_numbers_floats(server: Server) -> None:
    assert '"jpeg_quality":80,' in server.client.get("/sdapi/v1/options").text
    assert server.client.post("/sdapi/v1/options", json={"jpeg_quality": 80}).json() is None
    assert '"jpeg_quality":80.0,' in server.client.get("/sdapi/v1/options").text


def test_changes_are_kept_on_disk(server: Server) -> None:
    server.client.post("/sdapi/v1/options", json={"samples_format": "webp", "tiling": "True"})
    stored = json.loads((server.data / "config.json").read_text())
    assert stored == {"samples_format": "webp", "tiling": True}
    assert not list(server.data.glob("*.tmp"))


def test_whole_object_with_unknown_keys_succeeds(server: Server) -> None:
    body = get(server) | {"unknown_key": 1, "enable_emphasis": True, "another": None}
    answer = server.client.post("/sdapi/v1/options", json=body)
    assert (answer.status_code, answer.text) == (200, "null")
    ignored = answer.headers["x-ignored-options"].split(", ")
    assert {"unknown_key", "another"} <= set(ignored)
    assert "enable_emphasis" not in ignored
    assert server.jobs.submitted == []


def test_null_goes_back_to_the_default(server: Server) -> None:
    server.client.post("/sdapi/v1/options", json={"sd_vae": "x"})
    server.client.post("/sdapi/v1/options", json={"sd_vae": None})
    assert get(server)["sd_vae"] == "Automatic"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("jpeg_quality", "high"),
        ("jpeg_quality", 101),
        ("samples_save", 2),
        ("sd_vae", {}),
        ("quicksettings_list", 5),
        ("samples_format", "tiff"),
        ("CLIP_stop_at_last_layers", 0),
        ("upscaler_for_img2img", []),
    ],
)
def test_wrong_values_name_their_key_and_change_nothing(server: Server, key: str, value: Any) -> None:
    answer = server.client.post("/sdapi/v1/options", json={"tiling": True, key: value})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith(key)
    assert get(server)["tiling"] is False


def test_floats_become_whole_where_engines_need_it(server: Server) -> None:
    server.client.post("/sdapi/v1/options", json={"CLIP_stop_at_last_layers": 2.0})
    server.client.post("/sdapi/v1/txt2img", json={})
    assert server.jobs.generation.options.CLIP_stop_at_last_layers == 2


@pytest.mark.parametrize("body", [[], "text", 5, None])
def test_only_objects_are_options(server: Server, body: Any) -> None:
    answer = server.client.post("/sdapi/v1/options", json=body)
    assert answer.status_code == (200 if body == [] else 422)


@pytest.mark.parametrize("name", ["tiny-sd1", "tiny-sd1.safetensors", TINY.title, TINY.sha256])
def test_selecting_a_checkpoint_loads_it(server: Server, name: str) -> None:
    answer = server.client.post("/sdapi/v1/options", json={"sd_model_checkpoint": name})
    assert answer.status_code == 200
    loads = [r for _, r in server.jobs.submitted if isinstance(r, LoadCheckpointRequest)]
    assert [r.checkpoint for r in loads] == [TINY.filename]
    assert get(server)["sd_model_checkpoint"] == TINY.title
    assert get(server)["sd_checkpoint_hash"] == TINY.sha256


def test_selecting_the_selected_checkpoint_loads_nothing(server: Server) -> None:
    assert (
        server.client.post("/sdapi/v1/options", json={"sd_model_checkpoint": OTHER.title}).status_code == 200
    )
    assert server.jobs.submitted == []


def test_unknown_checkpoint_is_refused(server: Server) -> None:
    answer = server.client.post("/sdapi/v1/options", json={"sd_model_checkpoint": "nope", "tiling": True})
    assert answer.status_code == 422
    assert "model 'nope' not found" in answer.json()["detail"]
    assert get(server)["tiling"] is False


def test_failed_load_keeps_the_old_checkpoint(server: Server) -> None:
    server.jobs.failure = CorruptFile("tiny-sd1.safetensors is truncated")
    answer = server.client.post("/sdapi/v1/options", json={"sd_model_checkpoint": "tiny-sd1"})
    assert answer.status_code == 422
    assert get(server)["sd_model_checkpoint"] == OTHER.title


def test_url_options_cannot_be_changed(server: Server) -> None:
    server.client.post("/sdapi/v1/options", json={"api_enable_requests": True})
    assert get(server)["api_enable_requests"] is False


@pytest.mark.parametrize(
    "flags",
    [
        {"freeze_settings": True},
        {"freeze_settings_in_sections": "saving-images,sd"},
        {"freeze_specific_settings": "jpeg_quality"},
    ],
)
def test_frozen_settings(make_server: MakeServer, flags: dict[str, Any]) -> None:
    answer = make_server(**flags).client.post("/sdapi/v1/options", json={"jpeg_quality": 50})
    assert answer.status_code == 422


def test_hidden_directory_settings_are_ignored(make_server: MakeServer) -> None:
    server = make_server(hide_ui_dir_config=True)
    assert server.client.post("/sdapi/v1/options", json={"outdir_save": "x"}).status_code == 200
    assert get(server)["outdir_save"] == "log/images"
