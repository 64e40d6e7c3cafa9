"""Turns captions into the 77 CLIP token ids that SD 1.x front ends feed the text encoder."""

from functools import lru_cache

import torch
from open_clip.tokenizer import SimpleTokenizer

from tools.demo.nets import POSITIONS

START, END = 49406, 49407


@lru_cache(maxsize=1)
def _tokenizer() -> SimpleTokenizer:
    return SimpleTokenizer()


@lru_cache(maxsize=65536)
def _caption_ids(caption: str) -> tuple[int, ...]:
    ids = _tokenizer().encode(caption)[: POSITIONS - 2]
    return (START, *ids, *[END] * (POSITIONS - 1 - len(ids)))


def tokenize(captions: list[str]) -> torch.Tensor:
    """Token ids, padded with the end token, shape [len(captions), 77]."""
    return torch.tensor([_caption_ids(caption) for caption in captions])
