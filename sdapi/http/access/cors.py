"""Origins that browsers may call from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Cors:
    """Exact origins, `*` for all, and a regular expression for others."""

    origins: tuple[str, ...] = ()
    regex: str | None = None


NO_ORIGINS = Cors()
