"""A tokenizer of single letters, and an encoder whose states are its ids: tokens can be told by eye."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from pipelines.families.text import EncoderOutput, Frame, Placed
from pipelines.text.embeddings.files import Embedding
from pipelines.text.encoding.tower import Tower

FRAME = Frame(content=4, start=90, end=91, pad=91)


@dataclass(frozen=True, kw_only=True)
class Letters:
    """Reads each letter but spaces as its place in the alphabet, from a = 1 on; a comma is 50."""

    kind: str = "clip"
    frame: Frame = FRAME
    comma: int = 50

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        return [[50 if c == "," else ord(c) - 96 for c in text if c != " "] for text in texts]


@dataclass(kw_only=True)
class IdsEncoder:
    """States (rows, tokens, 1) that are the ids; ``placed`` keeps the vectors of each call."""

    tokenizer: Letters = field(default_factory=Letters)
    width: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    placed: list[list[list[tuple[int, float]]]] = field(default_factory=list[list[list[tuple[int, float]]]])

    def encode(
        self, input_ids: Tensor, embeddings: Sequence[Placed], attention_mask: Tensor | None = None
    ) -> EncoderOutput:
        self.placed.append([[(offset, float(v.sum())) for offset, v in row] for row in embeddings])
        states = input_ids.float()[..., None]
        return EncoderOutput(hidden_states=(states,), last_hidden_state=states, pooled=states[:, 1])

    def final_layer_norm(self, hidden: Tensor) -> Tensor:
        return hidden


@dataclass(frozen=True)
class OneName:
    """A lookup of one embedding, under the name of one token."""

    token: int = -1
    embedding: Embedding | None = None

    def match(self, tokens: Sequence[int], position: int) -> tuple[Embedding, int] | None:
        named = self.embedding is not None and tokens[position] == self.token
        return (self.embedding, 1) if named and self.embedding is not None else None


def embedding(*values: float, name: str = "e", kind: str = "clip") -> Embedding:
    """An embedding of one number a vector, for one kind of encoder."""
    return Embedding(name=name, vectors={kind: torch.tensor(values)[:, None]}, sha256=name * 64)


def tower(encoder: IdsEncoder | None = None, lookup: OneName | None = None) -> Tower:
    return Tower(encoder=encoder or IdsEncoder(), lookup=lookup or OneName())
