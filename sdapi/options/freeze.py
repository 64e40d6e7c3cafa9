"""The options that may not be changed over HTTP."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """The options that the command line froze: all, sections, single keys, or those of folders."""

    everything: bool = False
    sections: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    directories: bool = False


NOTHING_FROZEN = Freeze()
