"""Masks of what a picture shows: the wish for one, and its making as a kind of work; no torch."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.plugin import EngineRequest, EngineResult

SAM = "sam"
"""The mask model that looks for what words name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskWish:
    """A thing to find, and the model that finds it. ``field`` is the client's name of the model's field.

    ``words``, ``size``, both thresholds and ``most`` are for ``sam``; ``most`` boxes are taken, 0 for all
    within reason.
    ``grow``: pixels that boxes grow by on every side, or shrink if below 0. ``boxes``: they are the mask.
    """

    model: str
    field: str
    cloth: str = "full"
    words: str = ""
    size: str = "vit_b"
    box_threshold: float = 0.3
    text_threshold: float = 0.25
    most: int = 0
    grow: int = 0
    boxes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskRequest(EngineRequest):
    """The mask of an encoded picture."""

    image: bytes
    wish: MaskWish


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskResult(EngineResult):
    """A grey PNG of the picture's size."""

    image: bytes
