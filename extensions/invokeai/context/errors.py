"""How a node is ended from outside."""

from __future__ import annotations


class CanceledException(Exception):
    """The session was cancelled."""
