"""Every file form of textual inversions."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from pipelines.contract.errors import CorruptFile
from pipelines.text.embeddings.files import Embedding, read_embedding

VECTORS = torch.arange(12, dtype=torch.float32).reshape(3, 4)


def read(path: Path) -> Embedding:
    embedding = read_embedding(path)
    assert embedding is not None
    return embedding


def test_a1111_file(tmp_path: Path) -> None:
    path = tmp_path / "cat.pt"
    record = {"string_to_param": {"*": VECTORS.half()}, "name": "other", "step": 7, "sd_checkpoint": "abc"}
    torch.save(record, path)
    embedding = read(path)
    assert (embedding.name, embedding.step, embedding.sd_checkpoint) == ("cat", 7, "abc")
    assert (embedding.width, embedding.vector_count) == (4, 3)
    assert embedding.short_hash == hashlib.sha256(path.read_bytes()).hexdigest()[:12]
    for kind in ("clip", "open_clip"):
        vectors = embedding.for_encoder(kind)
        assert vectors is not None
        assert torch.equal(vectors, VECTORS)


def test_old_a1111_file_with_a_parameter_dict(tmp_path: Path) -> None:
    path = tmp_path / "cat.pt"
    torch.save({"string_to_param": torch.nn.ParameterDict({"*": VECTORS})}, path)
    assert read(path).vector_count == 3


@pytest.mark.parametrize("suffix", [".bin", ".safetensors"])
def test_diffusers_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"cat{suffix}"
    if suffix == ".bin":
        torch.save({"<cat>": VECTORS[0]}, path)
    else:
        save_file({"emb_params": VECTORS[0]}, path)
    assert (read(path).vector_count, read(path).width) == (1, 4)


def test_sdxl_file(tmp_path: Path) -> None:
    path = tmp_path / "cat.safetensors"
    save_file({"clip_l": VECTORS, "clip_g": torch.ones(3, 6)}, path)
    embedding = read(path)
    assert (embedding.width, embedding.vector_count) == (10, 3)
    small, large = embedding.for_encoder("clip"), embedding.for_encoder("open_clip")
    assert small is not None
    assert large is not None
    assert (small.shape, large.shape) == ((3, 4), (3, 6))


@pytest.mark.parametrize(
    "tensors",
    [
        {},
        {"a": VECTORS, "b": VECTORS + 1},
        {"a": torch.zeros(2, 2, 2)},
        {"clip_l": VECTORS, "clip_g": torch.ones(2, 6)},
    ],
)
def test_other_contents_are_refused(tmp_path: Path, tensors: dict[str, torch.Tensor]) -> None:
    path = tmp_path / "cat.safetensors"
    save_file(tensors, path)
    with pytest.raises(CorruptFile, match="cat"):
        read_embedding(path)


@pytest.mark.parametrize("name", ["cat.pt", "cat.bin", "cat.safetensors", "cat.png"])
@pytest.mark.parametrize("content", [b"", b"no such format", b"\x80\x02}q\x00.", b"PK\x03\x04"])
def test_damaged_files_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(CorruptFile, match="cat"):
        read_embedding(path)


def test_files_that_would_run_code_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "evil.pt"
    torch.save({"string_to_param": {"*": VECTORS}, "hook": Path}, path)
    with pytest.raises(CorruptFile, match="evil"):
        read_embedding(path)
