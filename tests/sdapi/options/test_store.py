"""The option store: values in force, changes, and the settings file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipelines.contract.errors import InvalidRequest, SdapiError
from sdapi.options.freeze import Freeze
from sdapi.options.store import OptionStore, reportable
from sdapi.options.table import Option


def test_unusable_stored_values_count_as_defaults(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"jpeg_quality": [], "tiling": true, "mystery": 1}')
    store = OptionStore(path)
    assert store.get("jpeg_quality") == 80
    store.change({"samples_format": "jpg"})
    assert json.loads(path.read_text()) == {"tiling": True, "mystery": 1, "samples_format": "jpg"}


@pytest.mark.parametrize("text", ["{", "[]", "\x00"])
def test_damaged_settings_file_is_set_aside(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(text)
    assert OptionStore(path).get("jpeg_quality") == 80
    assert (tmp_path / "tmp" / "config.json").read_text() == text


def test_frozen_value_may_be_sent_unchanged() -> None:
    store = OptionStore(freeze=Freeze(keys=frozenset({"jpeg_quality"})))
    assert store.validate({"jpeg_quality": 80}).values == {"jpeg_quality": 80}


def test_null_goes_back_to_the_default() -> None:
    store = OptionStore()
    store.apply({"jpeg_quality": 50})
    assert (store.get("jpeg_quality"), store.values()["jpeg_quality"]) == (50, 50)
    store.apply({"jpeg_quality": None})
    assert store.get("jpeg_quality") == 80


def test_stored_numbers_are_listed_as_floats() -> None:
    store = OptionStore()
    assert type(store.listing()["jpeg_quality"]) is int
    store.apply({"jpeg_quality": 80})
    assert type(store.listing()["jpeg_quality"]) is float
    assert type(store.get("jpeg_quality")) is int


def test_applied_values_are_not_written(tmp_path: Path) -> None:
    store = OptionStore(tmp_path / "config.json")
    store.apply({"jpeg_quality": 50})
    assert not (tmp_path / "config.json").exists()
    store.change({"tiling": True})
    written = json.loads((tmp_path / "config.json").read_text())
    assert written == {"jpeg_quality": 50, "tiling": True}


def test_a_change_that_can_not_be_written_does_not_hold(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = OptionStore(tmp_path / "file" / "config.json")
    with pytest.raises(SdapiError, match="save the settings"):
        store.change({"jpeg_quality": 50})
    assert store.get("jpeg_quality") == 80


def test_settings_are_kept_raw_or_escaped(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    store = OptionStore(path)
    store.change({"sd_vae": "ä"})
    assert path.read_text(encoding="utf-8") == '{\n    "sd_vae": "ä"\n}'
    path.write_text('{"unknown": "\\ud800"}')
    OptionStore(path).change({"sd_vae": "ä"})
    assert json.loads(path.read_text(encoding="ascii")) == {"unknown": "\ud800", "sd_vae": "ä"}


@pytest.mark.parametrize("key", ["nothing", "sd_vae_explanation", "api_enable_requests", "enable_emphasis"])
def test_unknown_and_read_only_keys_are_ignored(key: str) -> None:
    change = OptionStore().validate({key: True, "jpeg_quality": "50"})
    assert (change.values, change.ignored) == ({"jpeg_quality": 50}, (key,))


def test_only_surprising_keys_are_reported() -> None:
    assert reportable(("nothing", "enable_emphasis", "sd_vae_explanation", "api_useragent")) == (
        "nothing",
        "api_useragent",
    )


def test_hidden_folders_are_ignored() -> None:
    store = OptionStore(freeze=Freeze(directories=True))
    change = store.validate({"outdir_save": "outputs", "samples_filename_pattern": "[seed]", "tiling": True})
    assert change.ignored == ("outdir_save", "samples_filename_pattern")
    assert change.values == {"tiling": True}


@pytest.mark.parametrize(
    "freeze", [Freeze(keys=frozenset({"jpeg_quality"})), Freeze(sections=frozenset({"saving-images"}))]
)
def test_frozen_values_may_not_change(freeze: Freeze) -> None:
    store = OptionStore(freeze=freeze)
    with pytest.raises(InvalidRequest, match="frozen") as refused:
        store.validate({"tiling": True, "jpeg_quality": 79})
    assert refused.value.field == "jpeg_quality"
    assert store.validate({"jpeg_quality": None}).values == {"jpeg_quality": None}


def test_a_frozen_store_takes_no_body_at_all() -> None:
    with pytest.raises(InvalidRequest, match="--freeze-settings"):
        OptionStore(freeze=Freeze(everything=True)).validate({})


@pytest.mark.parametrize("sent", ["x", [], 101])
def test_a_wrong_value_names_its_key(sent: Any) -> None:
    with pytest.raises(InvalidRequest) as refused:
        OptionStore().validate({"tiling": True, "jpeg_quality": sent})
    assert refused.value.field == "jpeg_quality"


def test_extensions_add_keys() -> None:
    own = (Option(key="own", default=1, section="x"), Option(key="idle", default=1, section="x", read=False))
    store = OptionStore(extra=own)
    assert store.extension_keys == {"own", "idle"}
    assert "idle" in store.unread_keys and "own" not in store.unread_keys
    assert store.get("own") == 1


def test_a_settings_folder_is_set_aside_under_a_free_name(tmp_path: Path) -> None:
    for number in (0, 1):
        (tmp_path / "config.json").mkdir()
        assert OptionStore(tmp_path / "config.json").get("jpeg_quality") == 80
        name = "config.json-1" if number else "config.json"
        assert (tmp_path / "tmp" / name).is_dir()
