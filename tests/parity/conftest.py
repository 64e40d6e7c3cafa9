"""The recordings are replayed on a real server."""

from tests.running import server

__all__ = ["server"]
