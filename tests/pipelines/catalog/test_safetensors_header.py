"""Headers are read without torch, and an error for a damaged one names the file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.catalog.safetensors_header import read_header
from pipelines.contract.errors import CorruptFile
from tests.pipelines.catalog.folders import safetensors, tensor


def test_header(tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(
        safetensors({"__metadata__": {"a": '{"b": 1}', "c": "{not json"}, "w": tensor([2, 3])}, bytes(24))
    )
    header = read_header(path)
    assert header.shapes() == {"w": (2, 3)}
    assert header.tensors["w"].dtype == "F32"
    assert header.metadata == {"a": {"b": 1}, "c": "{not json"}
    assert header.data_offset + 24 == path.stat().st_size


def test_agrees_with_the_library(models_dir: Path) -> None:
    header = read_header(models_dir / "Stable-diffusion" / "tiny-sd1.safetensors")
    assert len(header.tensors) == 1125
    assert header.shapes()["model.diffusion_model.out.2.weight"] == (4, 32, 3, 3)
    assert header.metadata == {"format": "pt"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "incomplete"),
        (b"\xff" * 20, "incomplete"),
        (safetensors({"w": tensor([2])})[:-3], "incomplete"),
        (safetensors(b"hello world"), "not a safetensors"),
        (safetensors(b"{nonsense}"), "not JSON"),
        (safetensors({"w": tensor([2])}, bytes(4)), "truncated"),
        (
            safetensors({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}, bytes(8)),
            "wrong length",
        ),
        (
            safetensors({"w": {"dtype": "F32", "shape": [-1], "data_offsets": [4, 0]}}, bytes(8)),
            "wrong length",
        ),
        (safetensors({"w": {"dtype": "F32"}}), "bad entry"),
        (safetensors({"w": 3}), "bad entry"),
        (safetensors({"__metadata__": []}), "not an object"),
    ],
)
def test_damage_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(CorruptFile, match=rf"x\.safetensors.*{words}"):
        read_header(path)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorruptFile, match=r"x\.safetensors can't be read"):
        read_header(tmp_path / "x.safetensors")


def test_the_catalog_needs_no_torch() -> None:
    code = (
        "import sys, pkgutil, importlib, pipelines.catalog as c, pipelines.families.sd.detect\n"
        "[importlib.import_module(f'pipelines.catalog.{m.name}') for m in pkgutil.iter_modules(c.__path__)]\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[3])
