"""LoRA files, hypernetworks and embeddings are listed with what clients show of them."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from pipelines.catalog.embeddings import embedding_files, read_embedding_file
from pipelines.catalog.hashes import HashCache
from pipelines.catalog.hypernetworks import list_hypernetworks
from pipelines.catalog.loras import LoraCatalog
from pipelines.catalog.pickle_shapes import read_pickle_shapes
from pipelines.contract.errors import CorruptFile
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


def test_hypernetworks(tmp_path: Path) -> None:
    for name in ("b.pt", "A.pt", "None.pt", "sub/c.pt", "x.bin"):
        write(tmp_path / "models" / "hypernetworks" / name)
    assert list(list_hypernetworks(folders_in(tmp_path))) == ["A", "b", "c"]


def test_embedding_files(tmp_path: Path) -> None:
    for name in ("a.pt", "b.png", "b.preview.png", "c/d.safetensors", "readme.txt"):
        write(tmp_path / "embeddings" / name)
    write(tmp_path / "embeddings" / "empty.pt", b"")
    assert [path.name for path in embedding_files(folders_in(tmp_path))] == ["a.pt", "b.png", "d.safetensors"]


def test_embedding_shapes(tmp_path: Path) -> None:
    single = write(tmp_path / "one.safetensors", safetensors({"emb_params": tensor([3, 768])}, bytes(9216)))
    pair = write(
        tmp_path / "xl.safetensors",
        safetensors({"clip_l": tensor([2, 8]), "clip_g": tensor([2, 12], 64)}, bytes(160)),
    )
    torch.save(
        {"string_to_param": {"*": torch.nn.Parameter(torch.ones(4, 768))}, "name": "n", "step": 50},
        tmp_path / "t.pt",
    )
    torch.save({"<word>": torch.ones(768)}, tmp_path / "concept.bin")
    described = {
        p.name: read_embedding_file(p) for p in (single, pair, tmp_path / "t.pt", tmp_path / "concept.bin")
    }
    assert {name: (e.width, e.vectors, e.step) for name, e in described.items()} == {
        "one.safetensors": (768, 3, None),
        "xl.safetensors": (20, 2, None),
        "t.pt": (768, 4, 50),
        "concept.bin": (768, 1, None),
    }


def test_embedding_in_a_parameter_dict(tmp_path: Path) -> None:
    vectors = torch.nn.ParameterDict({"word": torch.nn.Parameter(torch.ones(2, 768))})
    torch.save({"string_to_param": vectors}, tmp_path / "x.pt")
    described = read_embedding_file(tmp_path / "x.pt")
    assert (described.width, described.vectors) == (768, 2)


def test_files_that_hold_no_embedding(tmp_path: Path) -> None:
    write(tmp_path / "x.pt", b"garbage")
    write(tmp_path / "two.safetensors", safetensors({"a": tensor([1]), "b": tensor([1], 4)}, bytes(8)))
    for name in ("x.pt", "two.safetensors"):
        with pytest.raises(CorruptFile, match=name):
            read_embedding_file(tmp_path / name)


def test_pickle_shapes_in_both_formats(tmp_path: Path) -> None:
    table = OrderedDict(a=torch.ones(2, 3), b={"c": torch.ones(1)})
    for new in (True, False):
        torch.save(table, tmp_path / "x.pt", _use_new_zipfile_serialization=new)
        assert read_pickle_shapes(tmp_path / "x.pt") == {"a": (2, 3), "b": {"c": (1,)}}
