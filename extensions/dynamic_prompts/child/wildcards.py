"""Wildcard files, and the names that were looked for in vain."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dynamicprompts.wildcards import WildcardManager
from dynamicprompts.wildcards.values import WildcardValues

from extensions.dynamic_prompts.task import TemplateTask

if TYPE_CHECKING:
    from dynamicprompts.wildcards.types import RootItem


class WatchedWildcards(WildcardManager):
    """Text, JSON and YAML files below the task's folders."""

    def __init__(self, task: TemplateTask) -> None:
        folders: list[RootItem] = [path for path in map(Path, task.roots) if path.is_dir()]
        super().__init__(wildcard_wrap=task.wildcard_wrap, root_map={"": folders})
        self.dedup_wildcards = task.dedupe
        self.sort_wildcards = task.sort
        self.shuffle_wildcards = task.shuffle
        self._missing: dict[str, None] = {}

    def get_values(self, wildcard: str) -> WildcardValues:
        """Return the values of a wildcard; a name without values is noted as missing."""
        values = super().get_values(wildcard)
        if not values:
            self._missing[wildcard] = None
        return values

    @property
    def missing(self) -> Sequence[str]:
        """Names that no file has, in the order they were met."""
        return tuple(self._missing)
