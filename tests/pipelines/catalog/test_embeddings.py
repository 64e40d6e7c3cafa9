"""Embeddings are listed with the shapes that decide which models they fit."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from pipelines.catalog.embeddings import embedding_files, read_embedding_file
from pipelines.contract.errors import CorruptFile
from tests.pipelines.catalog.folders import folders_in, safetensors, tensor, write


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


def test_notes_of_other_types_are_left_out(tmp_path: Path) -> None:
    vectors = {"string_to_param": {"*": torch.ones(1, 8)}, "step": "many", "sd_checkpoint": 7}
    torch.save({**vectors, "sd_checkpoint_name": "model"}, tmp_path / "x.pt")
    described = read_embedding_file(tmp_path / "x.pt")
    assert (described.step, described.sd_checkpoint, described.sd_checkpoint_name) == (None, None, "model")


def test_two_words_in_one_file_are_no_embedding(tmp_path: Path) -> None:
    torch.save({"string_to_param": {"*": torch.ones(1, 8), "+": torch.ones(1, 8)}}, tmp_path / "x.pt")
    with pytest.raises(CorruptFile, match="x"):
        read_embedding_file(tmp_path / "x.pt")


def test_a_kernel_is_no_embedding(tmp_path: Path) -> None:
    path = write(tmp_path / "x.safetensors", safetensors({"w": tensor([1, 2, 3])}, bytes(24)))
    with pytest.raises(CorruptFile, match="x"):
        read_embedding_file(path)
