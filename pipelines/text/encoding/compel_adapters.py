"""Our tokenizers and text encoders in the form that compel expects."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import torch
from torch import Tensor

from pipelines.families.clip.tokenizers import CONTENT, END, START
from pipelines.families.clip.vocabulary import clip_vocabulary
from pipelines.families.text import EncoderOutput, Select, TextEncoder
from pipelines.text.embeddings.files import Embedding
from pipelines.text.encoding.tower import Tower

_FIRST_PLACEHOLDER = 1_000_000


class CompelTokenizer:
    """Tokens of a tower; the vectors of textual inversions get ids of their own, beyond the vocabulary."""

    bos_token_id = START
    eos_token_id = END
    model_max_length = CONTENT + 2

    @staticmethod
    def takes(tower: Tower) -> bool:
        """True if a tower's tokens are CLIP's, which compel assumes."""
        return tower.encoder.tokenizer.frame.start == START

    def __init__(self, tower: Tower) -> None:
        self._tokenizer = tower.encoder.tokenizer
        self._lookup = tower.lookup
        self.pad_token_id = self._tokenizer.frame.pad
        self.used: list[Embedding] = []
        self.placeholders: list[tuple[Embedding, int]] = []

    def __call__(
        self, texts: Sequence[str], *, truncation: bool, padding: str, return_tensors: None
    ) -> dict[str, list[list[int]]]:
        """Return ``input_ids`` with start and end. compel cuts and pads them itself."""
        return {"input_ids": [[START, *self._ids(tokens), END] for tokens in self._tokenizer.encode(texts)]}

    def convert_ids_to_tokens(self, ids: Sequence[int]) -> list[str]:
        """Return the vocabulary's tokens; compel looks for the ends of sentences in them."""
        names = _names()
        return [names.get(index, "") for index in ids]

    def placed(self, ids: Tensor) -> tuple[Tensor, list[list[tuple[int, tuple[Embedding, int]]]]]:
        """Replace placeholders (rows, 77) by 0; return where which vector of which embedding belongs."""
        found = [
            [
                (position - 1, self.placeholders[index - _FIRST_PLACEHOLDER])
                for position, index in enumerate(row)
                if index >= _FIRST_PLACEHOLDER
            ]
            for row in ids.tolist()
        ]
        return ids.masked_fill(ids >= _FIRST_PLACEHOLDER, 0), found

    def _ids(self, tokens: Sequence[int]) -> list[int]:
        ids: list[int] = []
        position = 0
        while position < len(tokens):
            match = self._lookup.match(tokens, position)
            if match is None:
                ids.append(tokens[position])
                position += 1
            else:
                ids += self._place(match[0])
                position += match[1]
        return ids

    def _place(self, embedding: Embedding) -> list[int]:
        wanted = [(embedding, index) for index in range(embedding.vector_count)]
        if embedding not in self.used:
            self.used.append(embedding)
            self.placeholders += wanted
        return [_FIRST_PLACEHOLDER + self.placeholders.index(pair) for pair in wanted]


class CompelEncoder:
    """A text encoder whose ``last_hidden_state`` is the layer that the model family uses."""

    def __init__(self, encoder: TextEncoder, select: Select, tokenizer: CompelTokenizer) -> None:
        self._encoder = encoder
        self._select = select
        self._tokenizer = tokenizer

    @property
    def device(self) -> torch.device:
        """Device of the weights."""
        return self._encoder.device

    @property
    def dtype(self) -> torch.dtype:
        """Number format of the results: weighting happens in fp32."""
        return torch.float32

    def __call__(
        self,
        token_ids: Tensor,
        attention_mask: Tensor | None,
        *,
        output_hidden_states: bool,
        return_dict: bool,
    ) -> SimpleNamespace:
        """Encode rows of 77 ids to the states (rows, 77, width) of the selected layer."""
        return SimpleNamespace(last_hidden_state=self._select(self.run(token_ids, attention_mask)).float())

    def run(self, token_ids: Tensor, attention_mask: Tensor | None = None) -> EncoderOutput:
        """Encode rows of 77 ids to all of the tower's outputs."""
        ids, placed = self._tokenizer.placed(token_ids.to(torch.int64))
        vectors = [
            [
                (offset, tensor[index : index + 1])
                for offset, (embedding, index) in row
                if (tensor := embedding.for_encoder(self._encoder.tokenizer.kind)) is not None
            ]
            for row in placed
        ]
        return self._encoder.encode(ids, vectors, attention_mask)


def _names() -> dict[int, str]:
    return {index: token for token, index in clip_vocabulary().ids.items()}
