"""A cache of the encodings of recent prompts (spec 2.14)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

from pipelines.text.encoding.encoded import EncodedTexts


class ConditioningCache:
    """Keeps the encodings used last, within a number of entries and of bytes.

    Keys must hold everything that an encoding depends on.
    """

    def __init__(self, *, max_entries: int = 32, max_bytes: int = 256 * 1024 * 1024) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._entries: OrderedDict[Hashable, tuple[EncodedTexts, int]] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable, encode: Callable[[], EncodedTexts]) -> EncodedTexts:
        """Return what is stored under ``key``, encoding it first if there is nothing."""
        found = self._entries.get(key)
        if found is not None:
            self._entries.move_to_end(key)
            return found[0]
        texts = encode()
        self._store(key, texts)
        return texts

    def clear(self) -> None:
        """Drop every encoding."""
        self._entries.clear()
        self._bytes = 0

    def _store(self, key: Hashable, texts: EncodedTexts) -> None:
        size = _bytes(texts)
        if size > self._max_bytes:
            return
        self._entries[key] = (texts, size)
        self._bytes += size
        while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
            _, (_, freed) = self._entries.popitem(last=False)
            self._bytes -= freed


def _bytes(texts: EncodedTexts) -> int:
    storages = {
        tensor.untyped_storage().data_ptr(): tensor.untyped_storage().nbytes()
        for row in texts.rows
        for tensor in (row.context, row.vector)
        if tensor is not None
    }
    return sum(storages.values())
