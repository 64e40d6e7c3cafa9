"""Random seeds, as A1111 draws them for -1."""

from __future__ import annotations

import secrets

SEED_LIMIT = 4294967294
"""Drawn seeds are below this."""


def draw_seed() -> int:
    """A seed that nobody chose."""
    return secrets.randbelow(SEED_LIMIT)
