"""Facts from the file of a checkpoint: its metadata, and the class of its tensors; no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from extensions.swarmui.models.architecture import architecture_in
from pipelines.plugin import SdapiError, read_header, stamp, tensor_shapes

MOST_KEPT = 8192
"""Checkpoints of which this is remembered: more than one folder holds, as all are asked in turn."""
MOST_CHARACTERS = 2000
"""Characters that are kept of each text."""
PREFIX = "modelspec."
SAID = (
    *("architecture", "title", "author", "description", "license", "date", "prediction_type"),
    *("usage_hint", "trigger_phrase", "merged_from", "tags", "resolution"),
)
"""Keys of the metadata that clients get, without their prefix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """``said``: texts of the metadata by key. ``architecture``: the metadata's, else the class of the tensors."""

    said: Mapping[str, str] = field(default_factory=dict[str, str])
    architecture: str | None = None


def facts_of(checkpoint: Path) -> FileFacts:
    """Read the facts of a checkpoint's file; empty ones where it can't be read."""
    try:
        return _facts_of(checkpoint, stamp(checkpoint))
    except (OSError, SdapiError, ValueError):
        return FileFacts()


@lru_cache(maxsize=MOST_KEPT)
def _facts_of(checkpoint: Path, version: object) -> FileFacts:
    if checkpoint.suffix.lower() != ".safetensors":
        return _facts(checkpoint, tensor_shapes(checkpoint), {})
    header = read_header(checkpoint)
    return _facts(checkpoint, header.shapes(), header.metadata)


def _facts(
    checkpoint: Path, shapes: Mapping[str, object], metadata: Mapping[str, object]
) -> FileFacts:
    given = {name: metadata.get(f"{PREFIX}{name}") for name in SAID}
    said = {name: value[:MOST_CHARACTERS] for name, value in given.items() if isinstance(value, str) and value}
    architecture = said.get("architecture") or architecture_in(shapes, small=_is_small(checkpoint, said))
    return FileFacts(said=said, architecture=architecture)


def _is_small(checkpoint: Path, said: Mapping[str, str]) -> bool:
    """True if a file of SD 2 is for 512: by its metadata, else by the number in its name."""
    if "resolution" in said or "prediction_type" in said:
        return "512" in said.get("resolution", "") or said.get("prediction_type") == "epsilon"
    return "512" in checkpoint.stem
