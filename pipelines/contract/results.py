"""The results of an engine, as frozen data; pictures are encoded bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineResult:
    """Base of the results of every kind of work; ``warnings`` name what was ignored, clamped or replaced."""

    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationResult(EngineResult):
    """The pictures of a generation, encoded, grids first; ``info`` is A1111's info object.

    ``effective``: the width, height and short model hash that were used. ``files``: paths of saved pictures.
    """

    images: tuple[bytes, ...]
    info: Mapping[str, Any]
    effective: Mapping[str, Any] = field(default_factory=dict[str, Any])
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtrasResult(EngineResult):
    """Processed pictures, encoded; ``postprocessing`` is the line of pairs that the last one carries."""

    images: tuple[bytes, ...]
    postprocessing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextResult(EngineResult):
    """The caption of a picture, or its tags."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointResult(EngineResult):
    """The checkpoint that is now resident."""

    checkpoint: str
    sha256: str | None = None
