"""Wishes about the cache of nodes, and its figures, shared by server and engines."""

from __future__ import annotations

from pathlib import Path

from extensions.invokeai.store.store import InvokeStore


def test_wishes_and_figures_are_shared(tmp_path: Path) -> None:
    server, engine = InvokeStore(tmp_path).cache_state, InvokeStore(tmp_path).cache_state
    assert engine.wish().enabled and server.figures() == {"size": 0, "hits": 0, "misses": 0, "enabled": True}
    server.enable(False)
    server.clear()
    assert (engine.wish().enabled, engine.wish().clears) == (False, 1)
    engine.report("1", size=3, hits=1, misses=5)
    engine.report("1", size=4, hits=2, misses=6)
    engine.report("2", size=1, hits=0, misses=1)
    server.enable(True)
    assert server.figures() == {"size": 5, "hits": 2, "misses": 7, "enabled": True}
    server.clear()
    assert (server.figures()["size"], engine.wish().clears) == (0, 2)
    server.begin()
    assert server.figures()["misses"] == 0
