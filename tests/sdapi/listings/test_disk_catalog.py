"""The catalog of a server, on a folder made for the purpose."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from sdapi.cli.flag_settings import settings_from_flags
from sdapi.core.services import FileRow
from sdapi.flags.parse import parse_flags
from sdapi.listings.disk_catalog import DiskCatalog, context_width

FIRST_CONV = "model.diffusion_model.input_blocks.0.0.weight"
CROSS_ATTENTION = "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight"


def write_tensors(path: Path, shapes: dict[str, tuple[int, int]], **metadata: str) -> Path:
    table: dict[str, object] = {"__metadata__": metadata}
    end = 0
    for name, (rows, columns) in shapes.items():
        start, end = end, end + 4 * rows * columns
        table[name] = {"dtype": "F32", "shape": [rows, columns], "data_offsets": [start, end]}
    text = json.dumps(table).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(end))
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    models = tmp_path / "models"
    shapes = {FIRST_CONV: (4, 4), CROSS_ATTENTION: (4, 12)}
    write_tensors(models / "Stable-diffusion" / "sub" / "one.safetensors", shapes)
    write_tensors(models / "Stable-diffusion" / "two-long.safetensors", {})
    write_tensors(models / "VAE" / "v.safetensors", {})
    write_tensors(models / "Lora" / "l.safetensors", {}, ss_output_name="alias")
    write_tensors(tmp_path / "embeddings" / "fits.safetensors", {"emb_params": (3, 12)})
    write_tensors(tmp_path / "embeddings" / "wide.safetensors", {"emb_params": (1, 20)})
    (models / "hypernetworks").mkdir()
    (models / "hypernetworks" / "h.pt").touch()
    for folder in models.rglob("*/"):
        os.utime(folder, (1_000_000_000, 1_000_000_000))
    return tmp_path


@pytest.fixture
def catalog(data: Path) -> DiskCatalog:
    return DiskCatalog(settings_from_flags(parse_flags(["--data-dir", str(data)], {})))


def test_hashes_of_small_checkpoints_are_known_at_once(catalog: DiskCatalog) -> None:
    rows = catalog.checkpoints()
    assert {row.model_name for row in rows} == {"sub_one", "two-long"}
    for row in rows:
        assert row.sha256 == hashlib.sha256(Path(row.filename).read_bytes()).hexdigest()
        assert row.title.endswith(f".safetensors [{row.hash}]")


def test_large_checkpoints_are_hashed_when_loaded(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sdapi.listings.disk_catalog.HASHED_AT_ONCE", 0)
    rows = DiskCatalog(settings_from_flags(parse_flags(["--data-dir", str(data)], {}))).checkpoints()
    assert sorted(row.title for row in rows) == ["sub/one.safetensors", "two-long.safetensors"]
    assert all(row.sha256 is None for row in rows)


def test_checkpoints_are_found_by_alias_and_by_part(catalog: DiskCatalog) -> None:
    assert catalog.find_checkpoint("two") is None
    for found in (catalog.find_checkpoint("two-long"), catalog.match_checkpoint("two")):
        assert found is not None
        assert found.model_name == "two-long"
    assert catalog.match_checkpoint("nothing") is None


def test_other_files_are_listed(catalog: DiskCatalog, data: Path) -> None:
    models = data / "models"
    assert catalog.vaes() == [FileRow(name="v.safetensors", path=str(models / "VAE" / "v.safetensors"))]
    (hypernetwork,) = catalog.hypernetworks()
    assert (hypernetwork.name, hypernetwork.path) == ("h", str(models / "hypernetworks" / "h.pt"))
    assert [(lora.name, lora.alias) for lora in catalog.loras()] == [("l", "alias")]
    assert [upscaler.name for upscaler in catalog.upscalers()][:3] == ["None", "Lanczos", "Nearest"]


def test_loras_are_read_at_the_start(catalog: DiskCatalog, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object) -> None:
        raise AssertionError("a listing must not read files")

    monkeypatch.setattr("pipelines.catalog.loras.read_header", fail)
    monkeypatch.setattr("pipelines.catalog.loras.walk_all", fail)
    assert [lora.name for lora in catalog.loras()] == ["l"]


def test_a_lora_is_known_by_its_hash(data: Path) -> None:
    write_tensors(data / "models" / "Lora" / "new.safetensors", {"w": (1, 2)}, sshs_model_hash="ab" * 32)
    catalog = DiskCatalog(settings_from_flags(parse_flags(["--data-dir", str(data)], {})))
    plain = hashlib.sha256(b"").hexdigest()[:12]
    assert catalog.lora_name("old", "ab" * 6) == "new"
    assert catalog.lora_name("new", "ab" * 6) == "new"
    assert catalog.lora_name("l", plain) == "l" and catalog.lora_name("old", plain) == "alias"
    assert catalog.lora_name("new", "0" * 12) is None


def test_embeddings_are_parted_by_the_checkpoints_width(catalog: DiskCatalog) -> None:
    checkpoint = catalog.find_checkpoint("sub_one")
    assert checkpoint is not None
    loaded, skipped = catalog.embeddings(checkpoint.filename)
    assert [(item.name, item.shape, item.vectors) for item in loaded] == [("fits", 12, 3)]
    assert [item.name for item in skipped] == ["wide"]
    assert catalog.embeddings(None) == ([], [])


NEW = {
    "Stable-diffusion/new.safetensors": lambda c: [row.model_name for row in c.checkpoints()],
    "Stable-diffusion/deep/er/new.safetensors": lambda c: [Path(r.filename).stem for r in c.checkpoints()],
    "VAE/new.safetensors": lambda c: [Path(row.name).stem for row in c.vaes()],
    "Stable-diffusion/new.vae.safetensors": lambda c: [row.name.partition(".")[0] for row in c.vaes()],
    "Lora/new.safetensors": lambda c: [row.name for row in c.loras()],
    "hypernetworks/new.pt": lambda c: [row.name for row in c.hypernetworks()],
    "ESRGAN/new.pth": lambda c: [row.name for row in c.upscalers()],
    "DAT/new.pth": lambda c: [row.name for row in c.upscalers()],
    "../embeddings/new.safetensors": lambda c: [
        row.name for row in c.embeddings(c.find_checkpoint("sub_one").filename)[0]
    ],
}
"""Files below ``models``, and the names that a catalog lists where they belong."""


@pytest.mark.parametrize("place", NEW)
@pytest.mark.parametrize("refresh", [False, True])
def test_new_files_show(catalog: DiskCatalog, data: Path, place: str, refresh: bool) -> None:
    assert "new" not in NEW[place](catalog)
    write_tensors(data / "models" / place, {"emb_params": (3, 12)})
    if refresh:
        catalog.refresh()
    assert "new" in NEW[place](catalog)
    (data / "models" / place).unlink()
    assert "new" not in NEW[place](catalog)


def test_a_refresh_reaches_other_catalogs(catalog: DiskCatalog, data: Path) -> None:
    other = DiskCatalog(settings_from_flags(parse_flags(["--data-dir", str(data)], {})))
    assert [row.alias for row in other.loras()] == ["alias"]
    write_tensors(data / "models" / "Lora" / "l.safetensors", {}, ss_output_name="nicer")
    os.utime(data / "models" / "Lora", (1_000_000_000, 1_000_000_000))
    assert [row.alias for row in other.loras()] == ["alias"]
    catalog.refresh()
    assert [row.alias for row in other.loras()] == ["nicer"]


TRUNCATED = {
    "Stable-diffusion/cut.safetensors": lambda c: {row.model_name: row.damaged for row in c.checkpoints()},
    "VAE/cut.safetensors": lambda c: {row.name.partition(".")[0]: row.damaged for row in c.vaes()},
    "Lora/cut.safetensors": lambda c: {row.name: row.damaged for row in c.loras()},
    "ESRGAN/cut.safetensors": lambda c: {row.name: row.damaged for row in c.upscalers()},
    "hypernetworks/cut.pt": lambda c: {row.name: row.damaged for row in c.hypernetworks()},
}
"""Files below ``models``, and what listings say of them by name."""


@pytest.mark.parametrize("place", TRUNCATED)
def test_a_file_that_ends_early_is_marked(catalog: DiskCatalog, data: Path, place: str) -> None:
    path = write_tensors(data / "models" / place, {"w": (3, 12)})
    if place.endswith(".pt"):
        path.write_bytes(b"PK\x03\x04")  # how a torch file begins
    else:
        assert TRUNCATED[place](catalog)["cut"] is None
        path.write_bytes(path.read_bytes()[:-1])
        catalog.refresh()
    said = TRUNCATED[place](catalog)["cut"]
    assert said is not None and f"{path.name} is truncated" in said


def test_width_of_a_damaged_file_is_unknown(tmp_path: Path) -> None:
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"nonsense")
    assert context_width(broken, None) is None
