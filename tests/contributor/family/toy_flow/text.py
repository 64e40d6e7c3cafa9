"""The toy's two text encoders: a table of words is context, a table of letters is pooled."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from pipelines.contract.options import GenerationOptions
from pipelines.families.text import EncoderOutput, Frame, Placed, Select, TextEncoder, TextPlan, TextTower

PAD, END, FIRST, TABLE = 0, 1, 2, 128


@dataclass(frozen=True, slots=True, kw_only=True)
class TableTokenizer:
    """Ids of pieces by a checksum."""

    kind: str
    content: int
    pieces: Callable[[str], Sequence[str]]
    comma: int = -1

    @property
    def frame(self) -> Frame:
        return Frame(content=self.content, start=None, end=END, pad=PAD)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        return [
            [FIRST + zlib.crc32(piece.encode()) % (TABLE - FIRST) for piece in self.pieces(text)]
            for text in texts
        ]


WORDS = TableTokenizer(kind="toy_words", content=8, pieces=str.split)
LETTERS = TableTokenizer(kind="toy_letters", content=16, pieces=list)


class TableEncoder:
    """A table of vectors as a text encoder."""

    def __init__(self, table: nn.Embedding, tokenizer: TableTokenizer) -> None:
        self.table = table
        self.tokenizer = tokenizer
        self.width = table.embedding_dim

    @property
    def device(self) -> torch.device:
        return self.table.weight.device

    def encode(
        self, input_ids: Tensor, embeddings: Sequence[Placed], attention_mask: Tensor | None = None
    ) -> EncoderOutput:
        rows = self.table(input_ids.to(self.device))
        return EncoderOutput(hidden_states=(rows,), last_hidden_state=rows, pooled=rows.mean(dim=1))

    def final_layer_norm(self, hidden: Tensor) -> Tensor:
        return hidden


def listen(encoder: TextEncoder, options: GenerationOptions) -> Select:
    """There is one layer."""
    return lambda output: output.last_hidden_state


PLAN = TextPlan(
    towers=(
        TextTower(kind=WORDS.kind, listen=listen, part="words"),
        TextTower(kind=LETTERS.kind, listen=listen, part="letters", in_context=False),
    ),
    pooled_from=1,
    vector=lambda pooled, size, options, is_negative: pooled,
)
