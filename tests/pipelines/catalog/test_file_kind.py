"""A file without weights is named by what it is, for every kind of weights, without a library's messages."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from pipelines.adapters.hypernetwork_file import read_hypernetwork
from pipelines.adapters.network_file import read_network
from pipelines.catalog.file_kind import explain
from pipelines.contract.errors import InvalidRequest, SdapiError
from pipelines.families.load import load_checkpoint
from pipelines.families.loading.read import read_tensors
from pipelines.families.loading.vae import load_vae_file
from pipelines.families.sd.latents import SD_LATENTS
from pipelines.postprocess.faces.files import load_helper
from pipelines.postprocess.upscale.network import load_network
from pipelines.previews.taesd import read_decoder
from pipelines.text.embeddings.files import read_embedding

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit.script` is deprecated")

CPU = torch.device("cpu")
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 4265380512\n"


def torch_file(table: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(table, buffer)
    return buffer.getvalue()


def zipped(**files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


WHOLE = torch_file({"a": torch.ones(500)})
SAFE = save({"a": torch.ones(500)})
KINDS: dict[str, tuple[bytes, str]] = {
    "pointer": (LFS, "Git LFS pointer.*git lfs pull"),
    "page": (b"\n <!DOCTYPE html>\n<html><head>" + b"x" * 5000, "saved web page.*download the file itself"),
    "page with a mark": (b"\xef\xbb\xbf<html lang=en>", "saved web page"),
    "nothing": (b"", "empty.*incomplete"),
    "zeros": (bytes(9000), "zeros.*incomplete"),
    "message": (b"Entry not found", "text.*Entry not found"),
    "message in JSON": (b'{"error": "Access denied"}', "JSON text.*Access denied"),
    "half a torch file": (WHOLE[: len(WHOLE) // 2], "truncated.*download it again"),
    "archive": (zipped(model=b"x"), "zip archive.*unpack"),
    "7-Zip": (b"7z\xbc\xaf\x27\x1c" + bytes(50), "7-Zip.*unpack"),
    "gzip": (b"\x1f\x8b\x08" + bytes(50), "gzip.*unpack"),
    "GGUF": (b"GGUF\x03\0\0\0" + bytes(50), "GGUF.*safetensors"),
    "Keras": (b"\x89HDF\r\n\x1a\n" + bytes(50), "Keras.*safetensors"),
    "photograph": (b"\xff\xd8\xff\xe0" + bytes(50), "JPEG picture"),
    "program": (b"\x7fELF\x02" + bytes(50), "program"),
}
READERS: dict[str, tuple[tuple[str, ...], Callable[[Path], object]]] = {
    "checkpoint": ((".ckpt", ".safetensors"), load_checkpoint),
    "VAE": (
        (".pt", ".safetensors"),
        lambda path: load_vae_file(path, dtype=torch.float32, channels=SD_LATENTS.channels),
    ),
    "LoRA": ((".pt", ".safetensors"), read_network),
    "embedding": ((".pt", ".bin", ".safetensors"), read_embedding),
    "hypernetwork": ((".pt",), read_hypernetwork),
    "upscaler": ((".pth", ".pt", ".safetensors"), lambda path: load_network(path, CPU)),
    "restorer": ((".pth",), lambda path: load_network(path, CPU, wanted="GFPGAN")),
    "helper": ((".pth",), lambda path: load_helper(torch.nn.Linear(1, 1), path, CPU)),
    "control model": ((".pth", ".safetensors"), read_tensors),
    "TAESD": ((".pth",), read_decoder),
}
RAW = re.compile(r"\x1b|weights_only|torch\.load|Traceback|WeightsUnpickler|Error:|invalid load key|\n")


def refused(read: Callable[[Path], object], path: Path) -> SdapiError:
    with pytest.raises(InvalidRequest) as caught:
        read(path)
    error = caught.value
    assert (error.status, RAW.search(error.message)) == (422, None)
    assert path.name in error.message
    return error


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_reader_says_what_the_file_is(tmp_path: Path, reader: str, kind: str) -> None:
    content, words = KINDS[kind]
    suffixes, read = READERS[reader]
    for suffix in suffixes:
        path = tmp_path / f"x{suffix}"
        path.write_bytes(content)
        assert re.search(words, refused(read, path).message), refused(read, path).message


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("content", [b"\x80\x02garbage", b"\xff\xfe\xfd" * 99, WHOLE, SAFE, torch_file([1])])
def test_no_reader_quotes_a_library(tmp_path: Path, reader: str, content: bytes) -> None:
    suffixes, read = READERS[reader]
    for suffix in suffixes:
        path = tmp_path / f"x{suffix}"
        path.write_bytes(content)
        if reader == "control model" and content in (WHOLE, SAFE) and explain(path) is None:
            continue
        if reader == "LoRA" and explain(path) is None and content in (WHOLE, SAFE):
            continue  # its only tensor is reported as having no effect
        if reader == "embedding" and explain(path) is None and content in (WHOLE, SAFE):
            continue  # one tensor is an embedding
        refused(read, path)


def test_names_that_promise_another_form(tmp_path: Path) -> None:
    (tmp_path / "x.safetensors").write_bytes(WHOLE)
    (tmp_path / "y.ckpt").write_bytes(SAFE)
    assert "let its name end in .ckpt" in refused(read_tensors, tmp_path / "x.safetensors").message
    assert "let its name end in .safetensors" in refused(read_tensors, tmp_path / "y.ckpt").message


def test_half_a_safetensors_file(tmp_path: Path) -> None:
    (tmp_path / "x.safetensors").write_bytes(SAFE[:-100])
    error = refused(read_tensors, tmp_path / "x.safetensors")
    assert re.search("truncated.*1900 of 2000 bytes.*download it again", error.message)


@pytest.mark.parametrize("content", [WHOLE, b"\x80\x02}q\x00.", b"\xff" * 50])
def test_what_may_be_weights_is_left_to_their_reader(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.pt").write_bytes(content)
    (tmp_path / "x.safetensors").write_bytes(SAFE)
    assert explain(tmp_path / "x.pt") is None
    assert explain(tmp_path / "x.safetensors") is None
