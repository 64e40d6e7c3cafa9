"""Effects of units in a generation, in addition to a map for a control network or in place of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePromptEffect:
    """The picture's embedding becomes image tokens of an IP-Adapter. ``several``: a unit may have many."""

    several: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleEffect:
    """The picture's embedding becomes tokens behind the prompt's, through a T2I style adapter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionEffect:
    """The picture's embedding takes the place of the pooled text. ``drops_text``: of all text."""

    drops_text: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceEffect:
    """The picture's own features steer the UNet: what self-attention reads, statistics of blocks."""

    attention: bool = True
    statistics: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourEffect:
    """Every prediction keeps the picture's colours. ``sharpens``: negative prompts' rows are softened."""

    sharpens: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecolourEffect:
    """The finished picture gets the map as its lightness: LAB's or, as ``intensity``, HSV's."""

    kind: Literal["luminance", "intensity"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepaintEffect:
    """The part of the picture under the map's mask is repainted.

    ``keeps_outside``: the rest stays in every prediction and in the finished picture. ``filled``: the map
    fills the mask, and noise begins from it. ``under_mask``: the preprocessor that takes its place where the
    request has a mask of its own.
    """

    keeps_outside: bool = False
    filled: bool = False
    under_mask: str = ""


Effect: TypeAlias = (
    ImagePromptEffect
    | StyleEffect
    | RevisionEffect
    | ReferenceEffect
    | ColourEffect
    | RecolourEffect
    | RepaintEffect
)
