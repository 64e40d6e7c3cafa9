"""Turn text into the token ids of CLIP and OpenCLIP (spec 2.8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import tokenizers
from tokenizers import models, pre_tokenizers

from pipelines.families.clip.clean import clean_clip, clean_open_clip
from pipelines.families.clip.vocabulary import WORD_END, clip_vocabulary
from pipelines.families.text import Frame, TextKind

START = 49406
END = 49407
CONTENT = 75
_WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


@dataclass(frozen=True, slots=True, kw_only=True)
class BpeTokenizer:
    """Byte-pair encoding behind one of the two ways of cleaning."""

    kind: TextKind
    bpe: tokenizers.Tokenizer
    clean: Callable[[str], str]
    pad: int
    comma: int

    @property
    def frame(self) -> Frame:
        """The row of CLIP: 75 tokens between start and end."""
        return Frame(content=CONTENT, start=START, end=END, pad=self.pad)

    def encode(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the ids of each text, without start, end and truncation."""
        cleaned = [self.clean(text) for text in texts]
        return [list(encoding.ids) for encoding in self.bpe.encode_batch(cleaned, add_special_tokens=False)]


@cache
def clip_tokenizer() -> BpeTokenizer:
    """Return the tokenizer of CLIP-L (SD1 and SDXL's first encoder), as transformers' slow one behaves."""
    return _build("clip", ("<|startoftext|>", "<|endoftext|>"), clean_clip, END)


@cache
def open_clip_tokenizer() -> BpeTokenizer:
    """Return the tokenizer of OpenCLIP (SD2 and SDXL's second encoder)."""
    return _build("open_clip", ("<start_of_text>", "<end_of_text>"), clean_open_clip, 0)


def tokenizer_of(kind: TextKind) -> BpeTokenizer:
    """Return the tokenizer of a kind of text encoder."""
    return clip_tokenizer() if kind == "clip" else open_clip_tokenizer()


def _build(kind: TextKind, special: tuple[str, str], clean: Callable[[str], str], pad: int) -> BpeTokenizer:
    vocabulary = clip_vocabulary(*special)
    bpe = tokenizers.Tokenizer(
        models.BPE(vocab=dict(vocabulary.ids), merges=list(vocabulary.merges), end_of_word_suffix=WORD_END)
    )
    words = tokenizers.Regex(_WORDS)
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(words, behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    bpe.add_special_tokens(list(special))
    return BpeTokenizer(kind=kind, bpe=bpe, clean=clean, pad=pad, comma=vocabulary.ids["," + WORD_END])
