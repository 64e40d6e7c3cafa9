"""Encodings of prompts, and the text encoders that make them."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from torch import Tensor

from pipelines.families.text import TextPlan
from pipelines.text.embeddings.files import Embedding
from pipelines.text.encoding.tower import Tower


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """One text: ``context`` (77 * chunks, width) and, of families that have one, ``vector`` (width,)."""

    context: Tensor
    vector: Tensor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodedTexts:
    """The texts of one schedule, and the textual inversions in them: one group per text encoder."""

    rows: tuple[Encoded, ...]
    used: tuple[tuple[Embedding, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextConditioner:
    """The text encoders of a model with its patches applied.

    ``identity`` stands for their weights, networks and embeddings: two conditioners with equal identities
    encode alike. ``unfit`` are names of textual inversions on disk that were made for another kind of model.
    """

    towers: tuple[Tower, ...]
    plan: TextPlan
    identity: Hashable
    unfit: tuple[str, ...] = ()
