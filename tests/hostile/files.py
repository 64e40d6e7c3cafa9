"""Hostile files for the folders of models; a request that names one gets an error, nothing else breaks."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 4265380512\n"
PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class HostileFile:
    """A file below the models folder."""

    path: str
    content: bytes


class Runs:
    """Unpickled, it would make a file."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (Path("unpickled"),)


def torch_archive(table: bytes) -> bytes:
    """A file in torch's layout with any pickle in it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", table)
        archive.writestr("archive/version", "3")
    return buffer.getvalue()


def header(text: bytes) -> bytes:
    """A safetensors file with any header and no tensors."""
    return struct.pack("<Q", len(text)) + text


def nested_pickle(depth: int) -> bytes:
    """Lists in lists, which a recursive reader would not survive."""
    return b"\x80\x02" + b"](" * depth + b"e" * depth + b"."


def half_of_a_checkpoint() -> bytes:
    """The first bytes of a real torch file."""
    buffer = io.BytesIO()
    torch.save({"state_dict": {"model.weight": torch.zeros(64, 64)}}, buffer)
    return buffer.getvalue()[:2000]


def huge_header() -> bytes:
    """A header that claims more than the file holds."""
    return struct.pack("<Q", 2**62) + b"{"


def deep_header() -> bytes:
    """Metadata that nests ten thousand levels."""
    return header(b'{"__metadata__":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}")


def lying_offsets() -> bytes:
    """A tensor that lies where the file doesn't reach."""
    entry = {"a.weight": {"dtype": "F32", "shape": [2**40], "data_offsets": [0, 2**42]}}
    return header(json.dumps(entry).encode())


KINDS: dict[str, bytes] = {
    "empty": b"",
    "lfs": LFS,
    "page": PAGE,
    "huge-header": huge_header(),
    "deep-header": deep_header(),
    "lying-offsets": lying_offsets(),
    "not-utf8-header": header(b"\xff\xfe{}"),
    "program": torch_archive(pickle.dumps(Runs())),
    "nested-pickle": torch_archive(nested_pickle(50_000)),
    "half": half_of_a_checkpoint(),
    "zeros": b"\0" * 4096,
}
PLACES = {"Stable-diffusion": ".ckpt", "Lora": ".safetensors", "VAE": ".pt", "hypernetworks": ".pt"}
FILES = tuple(
    HostileFile(path=f"{folder}/hostile-{name}{suffix}", content=content)
    for folder, suffix in PLACES.items()
    for name, content in KINDS.items()
)


def write(models: Path) -> None:
    """Put every hostile file into its folder."""
    for file in FILES:
        path = models / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    (models / "Lora" / "link-to-nothing.safetensors").symlink_to("nowhere")
    (models / "Lora" / "folder.safetensors").mkdir()
