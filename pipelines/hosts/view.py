"""Views of engines, for all outside their hosts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineView:
    """An engine at one moment. ``rss`` in bytes; ``memory`` as in A1111's ``cuda`` object.

    ``node`` is its place in a cluster, empty on the server's machine. ``batches`` counts model calls
    of this process by the number of jobs that each answered.
    """

    number: int
    device: str
    ready: bool
    jobs: int
    restarts: int
    node: str = ""
    resident: tuple[str, ...] = ()
    rss: int = 0
    memory: Mapping[str, Any] = field(default_factory=dict[str, Any])
    batches: Mapping[int, int] = field(default_factory=dict[int, int])
