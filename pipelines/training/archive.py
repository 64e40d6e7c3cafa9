"""Write torch files in the layout that A1111's file check takes: ``data.pkl``, ``data/N``, ``version``."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from pipelines.catalog.disk import telling, write_file


def torch_bytes(content: Mapping[Any, Any], name: str) -> bytes:
    """Make a torch archive with its members below ``name``, without those that newer torch versions add."""
    modern, plain = io.BytesIO(), io.BytesIO()
    torch.save(content, modern)
    with zipfile.ZipFile(modern) as source, zipfile.ZipFile(plain, "w", zipfile.ZIP_STORED) as target:
        for member in source.namelist():
            inner = member.partition("/")[2]
            if inner in ("data.pkl", "version") or inner.startswith("data/"):
                target.writestr(zipfile.ZipInfo(f"{name}/{inner}"), source.read(member))
    return plain.getvalue()


def write_torch(path: Path, content: Mapping[Any, Any], *, name: str) -> None:
    """Write a torch archive, whole or not at all. Raises DiskFull, NotWritten."""
    write_whole(path, torch_bytes(content, name))


def write_whole(path: Path, data: bytes) -> None:
    """Write a file of training with its folder, whole or not at all. Raises DiskFull, NotWritten."""
    with telling(f"write {path.name}", "training ends here"):
        write_file(path, data)
