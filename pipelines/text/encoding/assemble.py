"""The conditioning of a whole pass, and its tensors at each call of the network (spec 2.15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from pipelines.contract.options import GenerationOptions
from pipelines.text.encoding.encoded import Encoded
from pipelines.text.encoding.padding import pad_context, repeat_last_row
from pipelines.text.prompt.schedule import entry_at


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSchedule:
    """Encodings and the last step at which each is used; ``ends`` rises."""

    ends: tuple[int, ...]
    encoded: tuple[Encoded, ...]

    def at(self, call: int) -> Encoded:
        """Return the encoding used at ``call``, counted from 0."""
        return self.encoded[entry_at(self.ends, call)]


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedSchedule:
    """One part of a composition (AND), and its share in the guidance."""

    schedule: PromptSchedule
    weight: float = 1.0


Composition: TypeAlias = "tuple[WeightedSchedule, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepConditioning:
    """The text conditioning of one call of the network.

    ``context`` (rows, tokens, width), ``vector`` (rows, width) or None: the parts of image 0, of image 1,
    and so on. ``parts``: per image its rows with their weights, each one number or a map of them that
    spreads over (C, h, w). The negative side has one row per image.
    ``padded``: an option changed the length of a side.
    """

    context: Tensor
    vector: Tensor | None
    parts: tuple[tuple[tuple[int, float | Tensor], ...], ...]
    negative_context: Tensor
    negative_vector: Tensor | None
    padded: bool = False


class Conditioning:
    """Prompts and negative prompts of a batch over one pass."""

    def __init__(
        self,
        positive: Sequence[Composition],
        negative: Sequence[PromptSchedule],
        *,
        options: GenerationOptions,
        empty: Tensor | None = None,
    ) -> None:
        self._positive = tuple(positive)
        self._negative = tuple(negative)
        self._options = options
        self._empty = empty
        self._key: tuple[int, ...] = ()
        self._latest: StepConditioning | None = None

    def at(self, call: int) -> StepConditioning:
        """Return the tensors for ``call``; the same object as before while nothing changed."""
        positive = [part.schedule.at(call) for picture in self._positive for part in picture]
        negative = [schedule.at(call) for schedule in self._negative]
        key = tuple(map(id, (*positive, *negative)))
        if self._latest is None or key != self._key:
            self._latest = self._assemble(positive, negative)
            self._key = key
        return self._latest

    def _assemble(self, positive: list[Encoded], negative: list[Encoded]) -> StepConditioning:
        context, uncond = _stack(positive), _stack(negative)
        padded = pad_context(context, uncond, self._empty, self._options)
        return StepConditioning(
            context=padded[0],
            vector=_vectors(positive),
            parts=self._parts(),
            negative_context=padded[1],
            negative_vector=_vectors(negative),
            padded=padded[0] is not context or padded[1] is not uncond,
        )

    def _parts(self) -> tuple[tuple[tuple[int, float], ...], ...]:
        parts: list[tuple[tuple[int, float], ...]] = []
        row = 0
        for picture in self._positive:
            parts.append(tuple((row + index, part.weight) for index, part in enumerate(picture)))
            row += len(picture)
        return tuple(parts)


def _stack(rows: list[Encoded]) -> Tensor:
    longest = max(row.context.shape[0] for row in rows)
    return torch.stack([repeat_last_row(row.context, longest) for row in rows])


def _vectors(rows: list[Encoded]) -> Tensor | None:
    vectors = [row.vector for row in rows if row.vector is not None]
    return torch.stack(vectors) if vectors else None
