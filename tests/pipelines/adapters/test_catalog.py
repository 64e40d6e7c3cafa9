"""Names of prompts find files, those that came since the folders were read too."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.adapters.catalog import NetworkFiles
from pipelines.catalog.hashes import HashCache
from pipelines.contract.settings import Folders
from tests.pipelines.catalog.folders import folders_in, safetensors, tensor, write

LONG_AGO = (1_000_000_000, 1_000_000_000)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return folders_in(tmp_path)


def lora(folders: Folders, name: str, **metadata: str) -> Path:
    """Write a network; nothing but a refresh shows that its folder has changed."""
    header = {"__metadata__": metadata, "w": tensor([1])}
    path = write(folders.loras[0] / f"{name}.safetensors", safetensors(header, bytes(4)))
    os.utime(path.parent, LONG_AGO)
    return path


def test_an_alias_finds_its_file_with_its_hash(folders: Folders, tmp_path: Path) -> None:
    path = lora(folders, "a", ss_output_name="nice", sshs_model_hash="0123456789abcdef")
    found = NetworkFiles(folders, HashCache(tmp_path / "h.json")).find_lora("nice")
    assert found is not None
    assert (found.path, found.short_hash) == (path, "0123456789ab")


def test_an_unknown_name_has_the_folders_read_again(folders: Folders, tmp_path: Path) -> None:
    lora(folders, "a")
    files = NetworkFiles(folders, HashCache(tmp_path / "h.json"))
    assert files.find_lora("b") is None
    lora(folders, "b")
    assert files.find_lora("b") is not None


def test_a_file_that_is_gone_is_not_found(folders: Folders, tmp_path: Path) -> None:
    path = lora(folders, "a")
    files = NetworkFiles(folders, HashCache(tmp_path / "h.json"))
    assert files.find_lora("a") is not None
    path.unlink()
    os.utime(path.parent, LONG_AGO)
    assert files.find_lora("a") is None


def test_without_hashing_there_is_no_hash(folders: Folders, tmp_path: Path) -> None:
    lora(folders, "a")
    found = NetworkFiles(folders, HashCache(tmp_path / "h.json", enabled=False)).find_lora("a")
    assert found is not None and found.short_hash == ""


def test_hypernetworks_are_found_by_their_names(folders: Folders, tmp_path: Path) -> None:
    path = write(folders.hypernetworks[0] / "below" / "h.pt")
    files = NetworkFiles(folders, HashCache(tmp_path / "h.json"))
    assert files.find_hypernetwork("h") == path
    assert files.find_hypernetwork("None") is None
