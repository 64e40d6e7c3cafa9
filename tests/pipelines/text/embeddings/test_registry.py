"""Folders of textual inversions, and finding their names in prompts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from pipelines.families.clip.tokenizers import clip_tokenizer, open_clip_tokenizer
from pipelines.text.embeddings.files import Embedding
from pipelines.text.embeddings.registry import EmbeddingRegistry, NameIndex


def save(path: Path, width: int = 4) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({"emb_params": torch.zeros(2, width)}, path)


def registry_of(*folders: Path) -> EmbeddingRegistry:
    registry = EmbeddingRegistry(folders)
    registry.refresh()
    return registry


def test_listing_tells_fitting_from_skipped(tmp_path: Path) -> None:
    save(tmp_path / "b.safetensors")
    save(tmp_path / "deep" / "A.safetensors")
    save(tmp_path / "wide.safetensors", 6)
    (tmp_path / "empty.pt").touch()
    (tmp_path / "b.preview.png").write_bytes(b"x")
    (tmp_path / "notes.txt").write_text("x")
    listing = registry_of(tmp_path).listing(4)
    assert list(listing.loaded) == ["A", "b"]
    assert list(listing.skipped) == ["wide"]


def test_unreadable_files_are_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    save(tmp_path / "good.safetensors")
    (tmp_path / "bad.pt").write_bytes(b"nonsense")
    assert list(registry_of(tmp_path).listing(4).loaded) == ["good"]
    assert "bad.pt" in caplog.text


def test_refresh_notices_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    save(path)
    registry = registry_of(tmp_path)
    registry.refresh()
    assert registry.revision == 1
    save(path, 6)
    os.utime(path, ns=(1, 1))
    registry.refresh()
    assert (registry.revision, list(registry.listing(6).loaded)) == (2, ["a"])
    path.unlink()
    registry.refresh()
    assert (registry.revision, registry.listing(6).loaded) == (3, {})


def test_bundled_embeddings_yield_to_those_on_disk(tmp_path: Path) -> None:
    save(tmp_path / "a.safetensors")
    bundled = [Embedding(name=name, single=torch.zeros(1, 4)) for name in ("a", "b")]
    loaded = registry_of(tmp_path).listing(4, bundled).loaded
    assert loaded["a"] is not bundled[0]
    assert loaded["b"] is bundled[1]


def test_missing_folders_are_empty(tmp_path: Path) -> None:
    assert registry_of(tmp_path / "none").listing(4).loaded == {}


def test_the_longest_name_wins() -> None:
    names = ["cat", "cat dog", "cat dog house"]
    index = NameIndex.build(
        [Embedding(name=name, single=torch.zeros(1, 4)) for name in names], clip_tokenizer()
    )
    tokens = clip_tokenizer().encode(["a cat dog tree cat"])[0]
    found = [index.match(tokens, position) for position in range(len(tokens))]
    assert [(match[0].name, match[1]) if match else None for match in found] == [
        None,
        ("cat dog", 2),
        None,
        None,
        ("cat", 1),
    ]


def test_names_are_matched_as_tokens_whatever_their_case() -> None:
    index = NameIndex.build([Embedding(name="EasyNegative", single=torch.zeros(1, 4))], open_clip_tokenizer())
    tokens = clip_tokenizer().encode(["easynegative"])[0]
    assert index.match(tokens, 0) is not None


def test_a_name_without_tokens_matches_nothing() -> None:
    assert NameIndex.build([Embedding(name=" ", single=torch.zeros(1, 4))], clip_tokenizer()).by_first == {}
