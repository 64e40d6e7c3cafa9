"""A models folder to fill."""

from __future__ import annotations

import json
from pathlib import Path

from pipelines.contract.settings import Folders


def folders_in(root: Path) -> Folders:
    """A1111's layout below ``root``."""
    models = root / "models"
    return Folders(
        data=root,
        models=models,
        checkpoints=(models / "Stable-diffusion",),
        vaes=(models / "VAE",),
        loras=(models / "Lora",),
        embeddings=(root / "embeddings",),
        hypernetworks=(models / "hypernetworks",),
        esrgan=(models / "ESRGAN",),
        realesrgan=(models / "RealESRGAN",),
        dat=(models / "DAT", models / "HAT"),
        swinir=(models / "SwinIR",),
        scunet=(models / "ScuNET",),
    )


def write(path: Path, content: bytes = b"x") -> Path:
    """A file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def safetensors(header: object, data: bytes = b"") -> bytes:
    """The bytes of a safetensors file with that header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def tensor(shape: list[int], start: int = 0, dtype: str = "F32") -> dict[str, object]:
    """A header entry for 4-byte numbers."""
    size = 4
    for side in shape:
        size *= side
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, start + size]}
