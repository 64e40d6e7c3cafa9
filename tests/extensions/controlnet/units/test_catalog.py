"""Control model files: their hashes, their listing, and the names that find them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from extensions.controlnet.units.catalog import (
    ControlFile,
    control_folders,
    find_file,
    list_files,
    require_file,
    short_hash,
)
from pipelines.contract.errors import InvalidRequest

NOTHING = hashlib.sha256(b"").hexdigest()[:8]


def write(path: Path, data: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_the_hash_is_of_64_kib_behind_the_first_mib(tmp_path: Path) -> None:
    part = bytes(range(256)) * 256
    file = write(tmp_path / "a.pth", b"\0" * 2**20 + part + b"more")
    assert short_hash(file) == hashlib.sha256(part).hexdigest()[:8]
    assert short_hash(write(tmp_path / "small.pth")) == NOTHING == "e3b0c442"
    assert short_hash(tmp_path / "none.pth") == "NOFILE"


def test_names_are_matched_as_the_original_does_and_beyond(tmp_path: Path) -> None:
    small = write(tmp_path / "control_v11p_sd15_canny.pth")
    write(tmp_path / "canny_other_longer_name_of_a_file.pth")
    files = list_files([tmp_path])
    for name in (
        "control_v11p_sd15_canny [e3b0c442]",
        "Control_V11p_sd15_canny",
        "control_v11p_sd15_canny [d14c016b]",
        "control_v11p_sd15_canny.pth",
        '"control_v11p_sd15_canny"',
        "v11p_sd15",
        "canny",
    ):
        found = find_file(name, files)
        assert found is not None and found.path == small
    assert find_file("depth", files) is None
    assert find_file("", files) is None


def test_a_title_is_stem_and_hash() -> None:
    file = ControlFile(path=Path("a/b.v1.safetensors"), short_hash="12345678")
    assert (file.stem, file.title) == ("b.v1", "b.v1 [12345678]")


def test_only_model_files_are_listed_by_name(tmp_path: Path) -> None:
    for name in ("b.pth", "a.safetensors", "deep/c.bin", "notes.txt", "None.pth", "d.yaml"):
        write(tmp_path / name)
    assert [file.stem for file in list_files([tmp_path])] == ["a", "b", "c"]


def test_of_equal_stems_the_last_file_counts(tmp_path: Path) -> None:
    write(tmp_path / "one" / "canny.pth")
    later = write(tmp_path / "two" / "Canny.pth", b"\0" * 2**20 + b"other")
    (file,) = list_files([tmp_path / "one", tmp_path / "two"])
    assert file.path == later


def test_a_copy_of_a_file_keeps_the_first_place(tmp_path: Path) -> None:
    first = write(tmp_path / "one" / "canny.pth")
    write(tmp_path / "two" / "canny.pth")
    (file,) = list_files([tmp_path / "one", tmp_path / "two"])
    assert file.path == first


def test_folders_come_in_the_originals_order_and_once() -> None:
    models, data = Path("/m"), Path("/d")
    own = data / "extensions" / "sd-webui-controlnet" / "models"
    more = Path("/more")
    usual = (models / "ControlNet", own)
    assert control_folders(models, data, {}, [more, models / "ControlNet"]) == (*usual, more)
    flags = {"controlnet_dir": "/named"}
    assert control_folders(models, data, flags, [more]) == (*usual, more, Path("/named"))
    assert control_folders(models, data, {"controlnet_dir": ""}) == usual


def test_a_missing_model_names_the_searched_folders(tmp_path: Path) -> None:
    write(tmp_path / "ControlNet" / "canny.pth")
    assert require_file("canny", [tmp_path], field="unit.model").stem == "canny"
    with pytest.raises(InvalidRequest, match=r"model not found: depth \(searched in ControlNet\)") as caught:
        require_file("depth", [tmp_path / "ControlNet"], field="unit.model")
    assert caught.value.field == "unit.model"
    with pytest.raises(InvalidRequest, match="not selected any"):
        require_file(None, [tmp_path], field="unit.model")
