"""CLIP's byte-pair vocabulary, read from the file that the open_clip package carries."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from pipelines.contract.errors import MissingWeights

_FILE = "bpe_simple_vocab_16e6.txt.gz"
_SIZE = 49152
WORD_END = "</w>"


class Vocabulary(NamedTuple):
    """Token ids by token, the two special tokens last, and the merges by rank."""

    ids: MappingProxyType[str, int]
    merges: tuple[tuple[str, str], ...]


@cache
def clip_vocabulary(start: str = "<|startoftext|>", end: str = "<|endoftext|>") -> Vocabulary:
    """Return the 49408 tokens of CLIP. Raises MissingWeights if the file is not installed."""
    merges = _read_merges()
    symbols = list(_byte_symbols())
    tokens = [*symbols, *(symbol + WORD_END for symbol in symbols), *map("".join, merges), start, end]
    ids = {token: index for index, token in enumerate(tokens)}
    return Vocabulary(MappingProxyType(ids), tuple(merges))


def _read_merges() -> list[tuple[str, str]]:
    # The package is located, not imported: its import takes seconds.
    spec = find_spec("open_clip")
    folders = spec.submodule_search_locations if spec else None
    path = Path(next(iter(folders))) / _FILE if folders else None
    if path is None or not path.is_file():
        raise MissingWeights(f"{_FILE} was not found: install the package open-clip-torch")
    lines = gzip.decompress(path.read_bytes()).decode("utf-8").split("\n")
    pairs = (line.split() for line in lines[1 : _SIZE - 256 - 2 + 1])
    return [(first, second) for first, second in pairs]


def _byte_symbols() -> list[str]:
    """Return GPT-2's printable stand-ins for the 256 bytes, in the order of the vocabulary."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = 256 - len(printable)
    return [chr(byte) for byte in printable] + [chr(256 + index) for index in range(hidden)]
