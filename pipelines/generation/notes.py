"""Notes of a generation while it is made: infotext pairs, warnings, files; only ever added to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from pipelines.text.infotext.write import Value

Pair: TypeAlias = Value | Callable[[int], Value]
"""The value of an infotext pair; a callable makes it for each picture, by its index in the job."""
NotedPairs: TypeAlias = Mapping[str, Pair]
"""Infotext pairs in the order they were set."""


class Notes:
    """Grows while a job runs, and is read when its pictures are described."""

    __slots__ = ("_files", "_masks", "_pairs", "_warnings")

    def __init__(self, pairs: NotedPairs | None = None) -> None:
        self._pairs = list((pairs or {}).items())
        self._warnings: list[str] = []
        self._files: list[str] = []
        self._masks: list[bool] = []

    @property
    def pairs(self) -> NotedPairs:
        """Every pair so far; of several by one name, the newest value at the place of the oldest."""
        return MappingProxyType(dict(self._pairs))

    @property
    def mask_told(self) -> bool:
        """True if the model of the latest pass got a mask through extra input channels."""
        return bool(self._masks) and self._masks[-1]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings for the client, each once."""
        return tuple(self._warnings)

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of the files that were written."""
        return tuple(self._files)

    def add_pairs(self, pairs: NotedPairs) -> None:
        """Add infotext pairs; of two values of one name the newer counts."""
        self._pairs.extend(pairs.items())

    def add_mask(self, *, told: bool) -> None:
        """Note one more pass; ``told``: its model gets a mask through extra input channels."""
        self._masks.append(told)

    def warn(self, message: str) -> None:
        """Add a warning for the client, once however often it is given."""
        if message not in self._warnings:
            self._warnings.append(message)

    def add_file(self, path: str) -> None:
        """Add the path of a file that was written."""
        self._files.append(path)

    def without_pairs(self) -> Notes:
        """Make notes of a part that leaves no trace in infotexts; warnings and files are shared."""
        aside = Notes()
        aside._warnings, aside._files = self._warnings, self._files
        return aside
