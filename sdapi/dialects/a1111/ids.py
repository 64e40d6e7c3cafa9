"""Task ids in A1111's form."""

from __future__ import annotations

import secrets
import string

ALPHABET = string.ascii_uppercase + string.digits


def task_id(kind: str, forced: str | None = None) -> str:
    """The client's own id, or ``task(<kind>-XXXXXXX)``."""
    return forced or f"task({kind}-{''.join(secrets.choice(ALPHABET) for _ in range(7))})"
