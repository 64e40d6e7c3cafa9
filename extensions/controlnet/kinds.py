"""Detection as a kind of work: the request that ``POST /controlnet/detect`` sends to an engine; no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipelines.plugin import EngineRequest, EngineResult, GenerationOptions, OutputOptions, WorkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectRequest(EngineRequest):
    """Run a preprocessor over encoded pictures, whose fourth channel is their mask.

    ``module``: the preprocessor's key. ``resolution``: length of the shorter edge in pixels. ``a``, ``b``:
    its two sliders.
    """

    images: tuple[bytes, ...]
    module: str
    resolution: float = 512
    a: float = 0.5
    b: float = 0.5
    options: GenerationOptions = field(default_factory=GenerationOptions)
    output: OutputOptions = field(default_factory=OutputOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectResult(EngineResult):
    """Encoded maps; ``found`` has poses, or embeddings in place of maps, in JSON's types."""

    images: tuple[bytes, ...]
    found: Mapping[str, Any] = field(default_factory=dict[str, Any])


KINDS = (
    WorkKind(
        name="detect",
        request=DetectRequest,
        result=DetectResult,
        run="extensions.controlnet.detect_job:detect_pictures",
    ),
)
