"""Which options may not be changed over HTTP."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """What the command line froze: everything, sections, single keys, or the folders."""

    everything: bool = False
    sections: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    directories: bool = False


NOTHING_FROZEN = Freeze()
