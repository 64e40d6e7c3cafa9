"""What is told of a generation while it is made: infotext pairs, warnings, files. Nothing is taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from pipelines.text.infotext.write import Value

Pair: TypeAlias = Value | Callable[[int], Value]
"""The value of an infotext pair; a callable is asked per picture (its index in the job)."""
NotedPairs: TypeAlias = Mapping[str, Pair]
"""Infotext pairs in the order they were set."""


class Notes:
    """Grows while a job runs, and is read when its pictures are described.

    ``mask_told``: whether the network of the latest pass was told of a mask through extra input channels.
    """

    __slots__ = ("_files", "_pairs", "_warnings", "mask_told")

    def __init__(self, pairs: NotedPairs | None = None) -> None:
        self._pairs = dict(pairs or {})
        self._warnings: list[str] = []
        self._files: list[str] = []
        self.mask_told = False

    @property
    def pairs(self) -> NotedPairs:
        """Every pair so far."""
        return MappingProxyType(self._pairs)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the client will be told, each once."""
        return tuple(self._warnings)

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of the files that were written."""
        return tuple(self._files)

    def add_pairs(self, pairs: NotedPairs) -> None:
        """Add infotext pairs; one of the same name gets the newer value and keeps its place."""
        self._pairs.update(pairs)

    def warn(self, message: str) -> None:
        """Tell the client; once, however often it happens."""
        if message not in self._warnings:
            self._warnings.append(message)

    def add_file(self, path: str) -> None:
        """Tell the path of a file that was written."""
        self._files.append(path)

    def without_pairs(self) -> Notes:
        """Notes for a part of the job that leaves no trace in infotexts; warnings and files are shared."""
        aside = Notes()
        aside._warnings, aside._files = self._warnings, self._files
        return aside
