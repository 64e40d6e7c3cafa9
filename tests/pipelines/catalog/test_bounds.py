"""No file in a folder keeps a listing waiting, makes it fail, or runs anything."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from pipelines.catalog.hashes import HashCache
from pipelines.catalog.safetensors_header import read_header
from pipelines.catalog.vaes import VaeCatalog
from pipelines.contract.errors import CorruptFile
from pipelines.contract.options import GenerationOptions
from pipelines.families.loading.read import load_pickle
from pipelines.families.sd.config import read_config
from pipelines.families.weight_bytes import ItemBytes, weight_bytes
from pipelines.text.embeddings.registry import EmbeddingRegistry
from sdapi.cli.flag_settings import settings_from_flags
from sdapi.flags.parse import parse_flags
from sdapi.listings.disk_catalog import DiskCatalog
from tests.pipelines.catalog.bombs import BOMBS, archive
from tests.pipelines.catalog.folders import folders_in, safetensors, write


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound that is reached at once, so that the test is quick too."""
    monkeypatch.setattr("pipelines.catalog.pickle_shapes.MAX_READS", 40_000)


@pytest.mark.parametrize("bomb", ["lists without end", "tables in tables", "a table in itself"])
@pytest.mark.usefixtures("few_steps")
def test_the_engine_refuses_them_before_it_reads(tmp_path: Path, bomb: str) -> None:
    with pytest.raises(CorruptFile, match=r"x\.pt is refused"):
        load_pickle(write(tmp_path / "x.pt", archive(BOMBS[bomb])))


def entry(shape: str, end: str) -> bytes:
    return b'{"a":{"dtype":"F32","shape":[%s],"data_offsets":[0,%s]}}' % (shape.encode(), end.encode())


DEEP = json.dumps({"__metadata__": {"x": '{"a":' * 50_000 + "1" + "}" * 50_000}}).encode()
HEADERS = {
    "huge shape": entry("9" * 400, "16"),
    "infinite shape": entry("1e999", "16"),
    "infinite offset": entry("4", "1e999"),
    "not a number": entry("NaN", "16"),
    "digits without end": entry("9" * 5000, "16"),
    "many sides": entry(",".join(["1"] * 100_000), "4"),
    "text": entry('"4"', "16"),
    "truth": entry("true", "4"),
    "nested": b'{"a":' * 100_000,
    "nested to its end": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "a list": b"[" * 50,
}


@pytest.mark.parametrize("kind", HEADERS)
def test_headers(tmp_path: Path, kind: str) -> None:
    path = write(tmp_path / "x.safetensors", safetensors(HEADERS[kind], bytes(16)))
    with pytest.raises(CorruptFile, match=r"x\.safetensors"):
        read_header(path)
    assert 0 <= weight_bytes(path, ItemBytes(backbone=2, rest=2)) < 1 << 60


def test_nested_metadata_stays_text(tmp_path: Path) -> None:
    metadata = read_header(write(tmp_path / "x.safetensors", safetensors(DEEP))).metadata
    assert isinstance(metadata["x"], str)


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]",
        "a: " + "[" * 1500,
        "a: 1\n" * 100_000,
        "model: {params: {timesteps: 99999999999, linear_start: 1}}",
        "model: {params: {timesteps: .inf, linear_start: 1}}",
        "model: {params: {scale_factor: 0}}",
        "model: {params: {scale_factor: .nan}}",
        "a: !!python/object/apply:os.system [x]",
        "\t- : {",
    ],
)
def test_yaml(tmp_path: Path, text: str) -> None:
    with pytest.raises(CorruptFile, match=r"^x\.yaml is not a usable model configuration: [^\n]*$"):
        read_config(write(tmp_path / "x.yaml", text.encode()))


def test_a_pipe_beside_a_checkpoint_is_not_waited_for(tmp_path: Path) -> None:
    checkpoint = write(tmp_path / "models" / "Stable-diffusion" / "x.safetensors")
    os.mkfifo(checkpoint.with_suffix(".json"))
    assert VaeCatalog(folders_in(tmp_path)).resolve(checkpoint, GenerationOptions()).path is None


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A data folder with a damaged file of every make, and a whole one, in each folder."""
    header = {"__metadata__": {}, "emb_params": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}}
    for folder in ("models/Lora", "embeddings", "models/Stable-diffusion", "models/VAE", "models/ESRGAN"):
        for name, content in HEADERS.items():
            write(tmp_path / folder / f"{name}.safetensors", safetensors(content, bytes(16)))
        for name in ("a far place in the memo", "a table in itself", "bytes of a terabyte"):
            write(tmp_path / folder / f"{name}.pt", archive(BOMBS[name]))
            write(tmp_path / folder / f"{name}.ckpt", archive(BOMBS[name]))
        write(tmp_path / folder / "pointer.pt", b"version https://git-lfs.github.com/spec/v1\n")
        write(tmp_path / folder / "deep.safetensors", safetensors(DEEP))
        write(tmp_path / folder / "whole.safetensors", safetensors(header, bytes(8)))
        write(tmp_path / folder / os.fsdecode(b"\xff.safetensors"), safetensors(header, bytes(8)))
        (tmp_path / folder / "gone.safetensors").symlink_to(tmp_path / "nowhere")
        os.mkfifo(tmp_path / folder / "pipe.safetensors")
    return tmp_path


def test_a_server_starts_and_lists_everything(hostile: Path) -> None:
    catalog = DiskCatalog(settings_from_flags(parse_flags(["--data-dir", str(hostile)], {})))
    loras = {row.name: row.damaged for row in catalog.loras()}
    assert loras["whole"] is loras["deep"] is None
    assert "Git LFS pointer" in (loras["pointer"] or "")
    assert all(loras[name] for name in HEADERS)
    checkpoints = {Path(row.filename).stem: row.damaged for row in catalog.checkpoints()}
    assert {"whole", "huge shape"} <= checkpoints.keys()
    fitting, others = catalog.embeddings(catalog.checkpoints()[0].filename)
    listed = {row.name: row.damaged for row in (*fitting, *others)}
    assert listed["whole"] is None
    assert "Git LFS pointer" in (listed["pointer"] or "")
    assert all(listed[name] for name in HEADERS)
    assert catalog.vaes()
    assert catalog.upscalers()


def test_an_engine_uses_the_embeddings_that_are_whole(hostile: Path) -> None:
    registry = EmbeddingRegistry([hostile / "embeddings"])
    registry.refresh()
    assert "whole" in registry.listing(2).loaded


@pytest.mark.parametrize("table", [b"{", b"[" * 100_000, b'{"a": 3}', b"\0", b'{"file:/x": [1, 2, "z"]}'])
def test_a_damaged_table_of_hashes_counts_as_empty(tmp_path: Path, table: bytes) -> None:
    path, file = write(tmp_path / "cache" / "h.json", table), write(tmp_path / "x")
    assert len(HashCache(path).sha256(file) or "") == 64
    assert HashCache(path).known(file) is not None


def test_a_table_of_hashes_that_cannot_be_written(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = HashCache(write(tmp_path / "file") / "h.json")
    for name in ("a", "b"):
        assert len(cache.sha256(write(tmp_path / name)) or "") == 64
    assert [record.message[:40] for record in caplog.records] == [
        "hashes are kept in memory only: " + str(tmp_path)[:8]
    ]
