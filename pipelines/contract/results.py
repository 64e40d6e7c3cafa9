"""What an engine answers, as frozen data; pictures are encoded bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationResult:
    """What a generation made. ``images`` are encoded, grids first; ``info`` is A1111's info object."""

    images: tuple[bytes, ...]
    info: Mapping[str, Any]
    effective: Mapping[str, Any] = field(default_factory=dict[str, Any])
    warnings: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtrasResult:
    """Processed pictures, encoded, and the HTML line that A1111 shows beneath the last."""

    images: tuple[bytes, ...]
    html_info: str = ""
    warnings: tuple[str, ...] = ()
    found: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What an extension found in the pictures, in JSON's types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextResult:
    """A caption."""

    text: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointResult:
    """The checkpoint that is now resident."""

    checkpoint: str
    sha256: str | None = None


EngineResult: TypeAlias = GenerationResult | ExtrasResult | TextResult | CheckpointResult
