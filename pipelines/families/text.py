"""The text side of a family: its encoders and tokens, and the way encodings are joined and pooled.

Needs no torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from pipelines.contract.options import GenerationOptions

if TYPE_CHECKING:
    import torch
    from torch import Tensor

TextKind: TypeAlias = str
"""The name of an encoder's tokens, such as ``clip``; embedding files name their vectors by it."""
Placed: TypeAlias = "Sequence[tuple[int, Tensor]]"
"""Vectors (count, width) of textual inversions by their offset among the content tokens of a row."""
Select: TypeAlias = "Callable[[EncoderOutput], Tensor]"
"""Picks the text's encoding among an encoder's outputs."""
Listen: TypeAlias = "Callable[[TextEncoder, GenerationOptions], Select]"
"""Makes a ``Select`` from options such as clip skip."""
Vector: TypeAlias = "Callable[[Tensor, PictureSize, GenerationOptions, bool], Tensor]"
"""(pooled (rows, width), size, options, whether it is the negative prompt) -> added vector (rows, width)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The shape of a row of tokens: ``content`` of them between start and end, filled up with ``pad``.

    The row closes with ``end``, the first of what fills it; ``start`` None leaves the start out.
    """

    content: int
    start: int | None
    end: int
    pad: int

    @property
    def length(self) -> int:
        """Tokens of a whole row."""
        return self.content + (1 if self.start is None else 2)


class Tokenizer(Protocol):
    """Turns text into the ids that an encoder knows."""

    @property
    def kind(self) -> TextKind: ...

    @property
    def frame(self) -> Frame: ...

    @property
    def comma(self) -> int:
        """The id of a comma at the end of a word, where long prompts are cut by preference; -1 for none."""
        ...

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of each text, without start, end and truncation."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderOutput:
    """The outputs of an encoder for rows of tokens.

    ``hidden_states``: the embeddings, then the output of every layer, each (rows, tokens, width), not
    normalised. ``last_hidden_state``: the last of them behind the final norm. ``pooled`` (rows, width): one
    vector for the text, None for encoders without.
    """

    hidden_states: tuple[Tensor, ...]
    last_hidden_state: Tensor
    pooled: Tensor | None


class TextEncoder(Protocol):
    """A text encoder on its device."""

    @property
    def tokenizer(self) -> Tokenizer: ...

    @property
    def width(self) -> int:
        """Channels of a token."""
        ...

    @property
    def device(self) -> torch.device:
        """The device of its weights."""
        ...

    def encode(
        self, input_ids: Tensor, embeddings: Sequence[Placed], attention_mask: Tensor | None = None
    ) -> EncoderOutput:
        """Encode ids (rows, tokens) int64; those whose ``attention_mask`` is 0 are not attended to."""
        ...

    def final_layer_norm(self, hidden: Tensor) -> Tensor:
        """Normalise a hidden state as the encoder does its last."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSize:
    """Width and height in pixels that are in the conditioning of some families."""

    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTower:
    """One text encoder of a family.

    ``part``: the part of the model that moves to the device and back with it. ``listen``: chooses the layer
    that is used. ``in_context``: its encoding is context; otherwise only its pooled vector is used.
    """

    kind: TextKind
    listen: Listen
    part: str = "text"
    in_context: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPlan:
    """The way from the encodings of all encoders to the backbone's context and vector.

    ``join``: contexts side by side, or one behind the other. ``pooled_from``: index of the encoder whose
    pooled vector goes into ``vector``, which adds ``added_width`` channels. ``blank_negative``: an empty
    negative prompt is zeros. ``options``: names of the generation options that count for this family, in
    addition to emphasis, commas and clip skip.
    """

    towers: tuple[TextTower, ...]
    join: Literal["width", "tokens"] = "width"
    pooled_from: int = -1
    vector: Vector | None = None
    added_width: int = 0
    blank_negative: bool = False
    options: tuple[str, ...] = ()

    def chosen(self, options: GenerationOptions) -> tuple[object, ...]:
        """Return the values of its own options, in their order."""
        return tuple(getattr(options, name) for name in self.options)
