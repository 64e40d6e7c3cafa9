"""Files of textual inversions as A1111 writes them (spec 13.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

TOKEN = 265
"""The id of ``*``, which A1111 notes in every file."""


def embedding_record(
    vectors: Tensor,
    *,
    name: str,
    step: int,
    checkpoint_hash: str | None = None,
    checkpoint_name: str | None = None,
) -> Mapping[str, Any]:
    """Return the content of a file; a trained tensor keeps its ``requires_grad``."""
    return {
        "string_to_token": {"*": TOKEN},
        "string_to_param": {"*": vectors},
        "name": name,
        "step": step,
        "sd_checkpoint": checkpoint_hash,
        "sd_checkpoint_name": checkpoint_name,
    }


def checksum(vectors: Tensor) -> str:
    """Return four hex digits that differ between two states of the vectors."""
    total = 0
    for value in (vectors.detach().reshape(-1) * 100).tolist():
        total = (total * 281 ^ int(value) * 997) & 0xFFFFFFFF
    return f"{total & 0xFFFF:04x}"
