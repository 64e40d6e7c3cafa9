"""Networks of the LoRA family are listed and found by names, aliases and hashes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.catalog.hashes import HashCache
from pipelines.catalog.loras import LoraCatalog
from tests.pipelines.catalog.folders import folders_in, safetensors, tensor, write


def lora(root: Path, name: str, metadata: dict[str, str]) -> Path:
    """Write a network file with this metadata and one tensor."""
    return write(
        root / "models" / "Lora" / name, safetensors({"__metadata__": metadata, "w": tensor([1])}, b"1234")
    )


def test_loras(tmp_path: Path) -> None:
    lora(tmp_path, "sub/a.safetensors", {"z": "1", "ss_output_name": "nice", "ss_resolution": '{"x": 1}'})
    write(tmp_path / "models" / "Lora" / "b.pt")
    write(tmp_path / "models" / "Lora" / "broken.safetensors")
    catalog = LoraCatalog(folders_in(tmp_path), HashCache(tmp_path / "h.json"))
    assert [(x.name, x.alias) for x in catalog.list()] == [("b", "b"), ("broken", "broken"), ("a", "nice")]
    found = catalog.find("nice")
    assert found is not None
    assert found == catalog.find("a")
    assert list(found.metadata) == ["ss_resolution", "z", "ss_output_name"]
    assert found.metadata["ss_resolution"] == {"x": 1}
    assert catalog.short_hash(found) == hashlib.sha256(b"1234").hexdigest()[:12]


def test_the_trainers_hash_wins(tmp_path: Path) -> None:
    lora(tmp_path, "a.safetensors", {"sshs_model_hash": "0123456789abcdef"})
    catalog = LoraCatalog(folders_in(tmp_path), HashCache(tmp_path / "h.json", enabled=False))
    assert catalog.short_hash(catalog.list()[0]) == "0123456789ab"


def test_a_shared_alias_means_neither(tmp_path: Path) -> None:
    for name in ("a.safetensors", "b.safetensors"):
        lora(tmp_path, name, {"ss_output_name": "same"})
    catalog = LoraCatalog(folders_in(tmp_path), HashCache(tmp_path / "h.json"))
    assert catalog.find("same") is None
    assert catalog.find("a") is not None


def test_recorded_loras(parity_dir: Path, tmp_path: Path) -> None:
    folders = replace(folders_in(tmp_path), loras=(parity_dir / "models" / "Lora",))
    catalog = LoraCatalog(folders, HashCache(tmp_path / "h.json"))
    ours = [{"name": x.name, "alias": x.alias, "metadata": dict(x.metadata)} for x in catalog.list()]
    recorded = json.loads((parity_dir / "cases" / "get-loras.json").read_text())["response"]
    assert ours == [{key: row[key] for key in ours[0]} for row in recorded]


@pytest.mark.parametrize("name", ["none", "None"])
def test_none_is_no_name_of_a_network(tmp_path: Path, name: str) -> None:
    lora(tmp_path, f"{name}.safetensors", {"ss_output_name": "real"})
    lora(tmp_path, "a.safetensors", {"ss_output_name": name})
    catalog = LoraCatalog(folders_in(tmp_path), HashCache(tmp_path / "h.json"))
    assert [row.name for row in catalog.list()] == ["a"]
    assert catalog.find(name) is None


def test_a_hash_finds_the_name_that_a_network_has_here(tmp_path: Path) -> None:
    lora(tmp_path, "mine.safetensors", {"ss_output_name": "nice", "sshs_model_hash": "0123456789abcdef"})
    lora(tmp_path, "other.safetensors", {"sshs_model_hash": "fedcba9876543210"})
    catalog = LoraCatalog(folders_in(tmp_path), HashCache(tmp_path / "h.json"))
    assert catalog.name_of("theirs", "0123456789ab") == "nice"
    assert catalog.name_of("mine", "0123456789ab") == "mine"
    assert catalog.name_of("mine", "fedcba987654") == "other"
    assert catalog.name_of("mine", "000000000000") is None


def test_a_shared_alias_gives_way_to_the_file_name(tmp_path: Path) -> None:
    for name, digit in (("a", "1"), ("b", "2")):
        lora(tmp_path, f"{name}.safetensors", {"ss_output_name": "same", "sshs_model_hash": digit * 12})
    catalog = LoraCatalog(folders_in(tmp_path), HashCache(tmp_path / "h.json"))
    assert catalog.name_of("same", "2" * 12) == "b"


def test_a_damaged_network_is_listed_with_its_defect(tmp_path: Path) -> None:
    write(tmp_path / "models" / "Lora" / "cut.safetensors", b"\xff" * 20)
    (row,) = LoraCatalog(folders_in(tmp_path), HashCache(tmp_path / "h.json")).list()
    assert (row.name, row.alias, dict(row.metadata)) == ("cut", "cut", {})
    assert row.damaged is not None and "cut.safetensors" in row.damaged
