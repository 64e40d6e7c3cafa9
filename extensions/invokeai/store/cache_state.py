"""Clients' wishes about the caches of outputs, and these caches' figures; shared with engines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from extensions.invokeai.store.database import InvokeDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheWish:
    """``enabled``: outputs are kept. ``clears``: grows when all kept ones are to be forgotten."""

    enabled: bool
    clears: int


class CacheState:
    """One row of wishes, and one of figures for each engine."""

    def __init__(self, database: InvokeDatabase) -> None:
        self._database = database

    def wish(self) -> CacheWish:
        """The wishes that engines follow; outputs are kept unless a client turned that off."""
        row = self._database.row("SELECT enabled, clears FROM node_cache")
        return (
            CacheWish(enabled=True, clears=0)
            if row is None
            else CacheWish(enabled=bool(row[0]), clears=row[1])
        )

    def enable(self, enabled: bool) -> None:
        """Keep outputs from now on, or none."""
        self._note(self.wish().clears, enabled=enabled)

    def clear(self) -> None:
        """Forget what is kept."""
        wish = self.wish()
        self._note(wish.clears + 1, enabled=wish.enabled)
        self._database.change("UPDATE node_cache_use SET size = 0")

    def _note(self, clears: int, *, enabled: bool) -> None:
        self._database.change(
            "INSERT OR REPLACE INTO node_cache (id, enabled, clears) VALUES (1, ?, ?)", (int(enabled), clears)
        )

    def report(self, engine: str, *, size: int, hits: int, misses: int) -> None:
        """Note an engine's figures since it started."""
        self._database.change(
            "INSERT OR REPLACE INTO node_cache_use (engine, size, hits, misses) VALUES (?, ?, ?, ?)",
            (engine, size, hits, misses),
        )

    def begin(self) -> None:
        """Forget the figures of engines that an earlier server had."""
        self._database.change("DELETE FROM node_cache_use")

    def figures(self) -> dict[str, Any]:
        """The figures of all engines together, and the wish to keep outputs."""
        row = self._database.row("SELECT SUM(size), SUM(hits), SUM(misses) FROM node_cache_use")
        size, hits, misses = (0, 0, 0) if row is None else (value or 0 for value in row)
        return {"size": size, "hits": hits, "misses": misses, "enabled": self.wish().enabled}
