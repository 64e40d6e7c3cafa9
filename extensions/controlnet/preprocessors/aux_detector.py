"""Settings for controlnet-aux: a detector class with its arguments, and the parts of poses; no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class AuxDetector:
    """A detector class of controlnet-aux; ``call`` are arguments, ``a`` and ``b`` names for the sliders.

    ``read`` are arguments of its ``from_pretrained``. ``drawn``: soft edges become strokes where they exceed
    ``cut``.
    """

    package: str
    kind: str
    call: Mapping[str, Any] = field(default_factory=dict[str, Any])
    read: Mapping[str, Any] = field(default_factory=dict[str, Any])
    a: str = ""
    b: str = ""
    drawn: bool = False
    cut: float = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class PoseParts:
    """The parts of people that its OpenPose draws."""

    body: bool = False
    hand: bool = False
    face: bool = False
