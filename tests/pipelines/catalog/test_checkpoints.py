"""Checkpoints are listed, named and found as in A1111."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.catalog.checkpoints import CheckpointCatalog
from pipelines.catalog.hashes import HashCache
from tests.pipelines.catalog.folders import folders_in, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    base = tmp_path / "models" / "Stable-diffusion"
    for name in (
        "v10.ckpt",
        "v9.ckpt",
        "b/real.safetensors",
        "real.safetensors",
        "real.vae.safetensors",
        "x.txt",
    ):
        write(base / name, name.encode())
    write(base / "v9.yaml")
    return tmp_path


@pytest.fixture
def catalog(root: Path) -> CheckpointCatalog:
    return CheckpointCatalog(folders_in(root), HashCache(root / "cache" / "hashes.json"))


def test_natural_order_folders_first_level_first(catalog: CheckpointCatalog) -> None:
    assert [c.name for c in catalog.list()] == [
        "real.safetensors",
        "v9.ckpt",
        "v10.ckpt",
        "b/real.safetensors",
    ]


def test_fields(catalog: CheckpointCatalog) -> None:
    found = catalog.find("b/real.safetensors")
    assert found is not None
    assert (found.title, found.model_name, found.stem) == ("b/real.safetensors", "b_real", "real")
    assert found.sha256 is None
    hashed = catalog.hashed(found)
    digest = hashlib.sha256(b"b/real.safetensors").hexdigest()
    assert hashed.title == f"b/real.safetensors [{digest[:10]}]"
    assert hashed.short_title == f"real [{digest[:10]}]"
    assert hashed.sha256 == digest


def test_config_beside(catalog: CheckpointCatalog) -> None:
    configs = {c.name: c.config for c in catalog.list()}
    assert configs["v9.ckpt"] is not None
    assert configs["v10.ckpt"] is None


def test_aliases(catalog: CheckpointCatalog) -> None:
    plain = catalog.find("v9")
    assert plain is not None
    hashed = catalog.hashed(plain)
    assert hashed.sha256 is not None
    texts = (
        hashed.sha256,
        hashed.sha256[:10],
        f"v9.ckpt [{hashed.sha256[:10]}]",
        f"v9 [{hashed.sha256[:10]}]",
        "v9.ckpt",
        "v9.ckpt [e3b0c442]",
        str(hashed.path),
    )
    assert {catalog.find(text) for text in texts} == {hashed}
    assert catalog.find("v") is None


def test_the_last_file_wins_a_shared_alias(catalog: CheckpointCatalog) -> None:
    found = catalog.find("real")
    assert found is not None
    assert found.name == "b/real.safetensors"


def test_closest_is_the_shortest_title(catalog: CheckpointCatalog) -> None:
    names = {
        text: catalog.closest(text) for text in ("v1", "eal.safe", "v10.ckpt [0123456789]", "nothing", "")
    }
    assert {text: item and item.name for text, item in names.items()} == {
        "v1": "v10.ckpt",
        "eal.safe": "real.safetensors",
        "v10.ckpt [0123456789]": "v10.ckpt",
        "nothing": None,
        "": None,
    }


def test_new_files_are_seen(root: Path, catalog: CheckpointCatalog) -> None:
    assert catalog.find("new") is None
    write(root / "models" / "Stable-diffusion" / "new.ckpt")
    assert catalog.find("new") is not None


def test_deleted_files_disappear_at_once(root: Path, catalog: CheckpointCatalog) -> None:
    assert catalog.find("v9") is not None
    (root / "models" / "Stable-diffusion" / "v9.ckpt").unlink()
    assert catalog.find("v9") is None


def test_the_first_checkpoint_may_lie_elsewhere(root: Path) -> None:
    first = write(root / "elsewhere" / "mine.ckpt")
    catalog = CheckpointCatalog(folders_in(root), HashCache(root / "h.json"), first=first)
    assert catalog.list()[0].name == "mine.ckpt"


def test_linked_folders_are_followed_once(root: Path) -> None:
    base = root / "models" / "Stable-diffusion"
    (base / "loop").symlink_to(base, target_is_directory=True)
    write(root / "other" / "linked.ckpt")
    (base / "link").symlink_to(root / "other", target_is_directory=True)
    names = [c.name for c in CheckpointCatalog(folders_in(root), HashCache(root / "h.json")).list()]
    assert "link/linked.ckpt" in names
    assert not any(name.startswith("loop/") for name in names)


def test_missing_folders_are_empty(tmp_path: Path) -> None:
    assert CheckpointCatalog(folders_in(tmp_path), HashCache(tmp_path / "h.json")).list() == ()


def test_recorded_listing(parity_dir: Path, tmp_path: Path) -> None:
    folders = replace(folders_in(tmp_path), checkpoints=(parity_dir / "models" / "Stable-diffusion",))
    catalog = CheckpointCatalog(folders, HashCache(tmp_path / "h.json"))
    ours = [
        {"title": c.title, "model_name": c.model_name, "hash": c.shorthash, "sha256": c.sha256}
        for c in map(catalog.hashed, catalog.list())
    ]
    recorded = json.loads((parity_dir / "cases" / "get-sd-models.json").read_text())["response"]
    rows = [{key: row[key] for key in ours[0]} for row in recorded]
    titles = {row["title"] for row in rows}
    assert [row for row in ours if row["title"] in titles] == rows
