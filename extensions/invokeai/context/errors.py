"""The exception that ends a node from outside."""

from __future__ import annotations


class CanceledException(Exception):
    """Raised in a node whose session was cancelled."""
