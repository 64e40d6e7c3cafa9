"""The cache of encodings keeps those used last, within its bounds."""

from __future__ import annotations

import torch

from pipelines.text.encoding.cache import ConditioningCache
from pipelines.text.encoding.encoded import Encoded, EncodedTexts


class Maker:
    """Counts how often it encodes."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self) -> EncodedTexts:
        self.calls += 1
        return EncodedTexts(rows=(Encoded(context=torch.zeros(10, 10)),))


def test_equal_keys_encode_once() -> None:
    cache, make = ConditioningCache(), Maker()
    assert cache.get("a", make) is cache.get("a", make)
    cache.get("b", make)
    assert make.calls == 2


def test_the_least_recently_used_goes_first() -> None:
    cache, make = ConditioningCache(max_entries=2), Maker()
    for key in ("a", "b", "a", "c", "a"):
        cache.get(key, make)
    assert make.calls == 3
    cache.get("b", make)
    assert (make.calls, len(cache)) == (4, 2)


def test_bytes_are_bounded() -> None:
    cache, make = ConditioningCache(max_bytes=900), Maker()
    for key in "abc":
        cache.get(key, make)
    assert len(cache) == 2
    small = ConditioningCache(max_bytes=399)
    small.get("a", make)
    assert len(small) == 0


def test_clear() -> None:
    cache, make = ConditioningCache(), Maker()
    cache.get("a", make)
    cache.clear()
    cache.get("a", make)
    assert make.calls == 2
