"""Options that name folders and files: kept to the server's own, saved before they hold."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from pipelines.contract.errors import DiskFull, InvalidRequest, NotWritten
from sdapi.options.places import FOLDERS_TO_WRITE, LONGEST_PATTERN, PATTERNS
from sdapi.options.store import OptionStore
from sdapi.options.table import Option, load_table
from tests.sdapi.conftest import MakeServer, Server
from tests.sdapi.fakes import TINY, png

URL = "/sdapi/v1/options"


def test_every_option_that_names_a_folder_is_known() -> None:
    table = load_table()
    named = {key for key in table if key.startswith("outdir_") or key.endswith("_pattern")}
    assert named <= FOLDERS_TO_WRITE | PATTERNS
    for key in FOLDERS_TO_WRITE & table.keys():
        assert OptionStore().validate({key: table[key].default}).values == {key: table[key].default}


@pytest.mark.parametrize("key", sorted(FOLDERS_TO_WRITE))
@pytest.mark.parametrize("value", ["/tmp/x", "../x", "config.json", ".", "models/Lora", "a\0b"])
def test_folders_elsewhere_are_refused(server: Server, key: str, value: str) -> None:
    answer = server.client.post(URL, json={key: value, "jpeg_quality": 1})
    assert (answer.status_code, key in answer.json()["errors"]) == (422, True)
    body = {"prompt": "x", "override_settings": {key: value}}
    answer = server.client.post("/sdapi/v1/txt2img", json=body)
    assert (answer.status_code, f"override_settings.{key}" in answer.json()["errors"]) == (422, True)
    assert server.client.get(URL).json()["jpeg_quality"] == 80
    assert server.jobs.submitted == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("directories_filename_pattern", "../x"),
        ("directories_filename_pattern", "/x"),
        ("directories_filename_pattern", "a\\..\\b"),
        ("directories_filename_pattern", "C:/x"),
        ("directories_filename_pattern", "x" * (LONGEST_PATTERN + 1)),
        ("samples_filename_pattern", "x" * (LONGEST_PATTERN + 1)),
        ("samples_filename_pattern", "a\0"),
        ("font", "/etc/passwd"),
        ("grid_format", "png/../../x"),
        ("grid_format", "exe"),
    ],
)
def test_patterns_and_files_elsewhere_are_refused(server: Server, key: str, value: str) -> None:
    answer = server.client.post(URL, json={key: value})
    assert (answer.status_code, key in answer.json()["errors"]) == (422, True)


@pytest.mark.parametrize("key", ["control_net_models_path", "control_net_modules_path"])
def test_models_are_not_looked_for_elsewhere(tmp_path: Path, key: str) -> None:
    from extensions.controlnet.api import options

    store = OptionStore(tmp_path / "config.json", extra=options())
    with pytest.raises(InvalidRequest) as caught:
        store.validate({key: "/etc"})
    assert caught.value.field == key
    assert store.validate({key: "models/x"}).values == {key: "models/x"}


def test_the_command_line_allows_a_folder(make_server: MakeServer, tmp_path: Path) -> None:
    away = tmp_path.parent / f"{tmp_path.name}-away"
    server = make_server(allow_outdir=[str(away)])
    assert server.client.post(URL, json={"outdir_save": str(away / "x")}).status_code == 200
    assert server.client.post(URL, json={"outdir_save": str(away) + "2"}).status_code == 422
    assert away in server.app.state.sdapi.config.places.outputs


@pytest.mark.parametrize("folder", ["private", ".", "outputs/../private"])
def test_a_stored_option_serves_no_more(make_server: MakeServer, tmp_path: Path, folder: str) -> None:
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "a.png").write_bytes(png())
    (tmp_path / "config.json").write_text(json.dumps({"outdir_txt2img_samples": folder}))
    server = make_server()
    assert server.client.get("/file=private/a.png").status_code == 403
    assert server.client.get(URL).json()["outdir_txt2img_samples"] == "outputs/txt2img-images"


def refuse(number: int) -> Any:
    def write(path: Path, data: bytes, *, durable: bool = False) -> None:
        raise OSError(number, os.strerror(number))

    return write


@pytest.mark.parametrize(("number", "status"), [(errno.ENOSPC, 507), (errno.EROFS, 500), (errno.EACCES, 500)])
def test_what_cannot_be_saved_does_not_hold(
    server: Server, monkeypatch: pytest.MonkeyPatch, number: int, status: int
) -> None:
    server.client.post(URL, json={"jpeg_quality": 70})
    with monkeypatch.context() as patch:
        patch.setattr("sdapi.options.store.write_file", refuse(number))
        answer = server.client.post(URL, json={"jpeg_quality": 50, "sd_model_checkpoint": TINY.title})
    assert (answer.status_code, "can't save the settings" in answer.json()["errors"]) == (status, True)
    assert server.client.get(URL).json()["jpeg_quality"] == 70
    assert server.jobs.submitted == []
    assert server.client.post(URL, json={"jpeg_quality": 50}).status_code == 200
    assert server.client.get(URL).json()["jpeg_quality"] == 50


def test_a_full_disk_leaves_the_old_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.json"
    store = OptionStore(path)
    store.change({"jpeg_quality": 70})
    monkeypatch.setattr("pipelines.catalog.disk.os.fsync", lambda number: refuse(errno.ENOSPC)(path, b""))
    with pytest.raises(DiskFull):
        store.change({"jpeg_quality": 50})
    assert store.get("jpeg_quality") == json.loads(path.read_text())["jpeg_quality"] == 70
    assert [entry.name for entry in tmp_path.iterdir()] == ["config.json"]


def test_settings_deleted_while_running_are_written_anew(tmp_path: Path) -> None:
    store = OptionStore(tmp_path / "data" / "config.json")
    store.change({"jpeg_quality": 70})
    (tmp_path / "data" / "config.json").unlink()
    (tmp_path / "data").rmdir()
    store.change({"samples_format": "jpg"})
    assert json.loads((tmp_path / "data" / "config.json").read_text()) == {
        "jpeg_quality": 70,
        "samples_format": "jpg",
    }


def test_a_folder_in_the_place_of_the_settings(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    store = OptionStore(path)
    (path / "x").mkdir(parents=True)
    with pytest.raises(NotWritten, match="a folder is in the place of the file"):
        store.change({"jpeg_quality": 70})
    for _ in range(2):
        path.mkdir(exist_ok=True)
        (path / "x").mkdir(exist_ok=True)
        OptionStore(path).change({"jpeg_quality": 70})
        assert json.loads(path.read_text()) == {"jpeg_quality": 70}
        path.unlink()


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"a":' * 5000 + "1" + "}" * 5000, "9" * 5000, '{"jpeg_quality": 1e999}', "\xff\xfe"],
)
def test_hostile_settings_files(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(text.encode("latin-1"))
    store = OptionStore(path)
    assert store.get("jpeg_quality") == 80
    store.change({"tiling": True})
    assert OptionStore(path).get("tiling") is True


def test_unknown_texts_that_are_no_unicode_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"mystery": "\\ud800", "é": "ü"}')
    store = OptionStore(path)
    store.change({"tiling": True})
    assert json.loads(path.read_text()) == {"mystery": "\ud800", "é": "ü", "tiling": True}


def test_an_extension_says_which_options_name_places(tmp_path: Path) -> None:
    own = Option(key="sample_dir", default="", section="sample", place="folders")
    store = OptionStore(tmp_path / "config.json", extra=(own,))
    assert store.validate({"sample_dir": "maps/x"}).values == {"sample_dir": "maps/x"}
    with pytest.raises(InvalidRequest) as caught:
        store.validate({"sample_dir": "../x"})
    assert caught.value.field == "sample_dir"


def test_of_several_places_to_read_each_is_kept_to_the_servers_folders(tmp_path: Path) -> None:
    own = Option(key="sample_dirs", default="", section="sample", place="readable_list")
    store = OptionStore(tmp_path / "config.json", extra=(own,))
    for text in ("", "a", f"a | {tmp_path / 'b'}|", "a/../b"):
        assert store.validate({"sample_dirs": text}).values == {"sample_dirs": text}
    for text in ("..", "a | ../b", "/etc|a"):
        with pytest.raises(InvalidRequest, match="leads out of the server's folders") as caught:
            store.validate({"sample_dirs": text})
        assert caught.value.field == "sample_dirs"
