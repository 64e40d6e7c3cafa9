"""Names that prompt tags can refer to, and results of the tags of one prompt."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.plugin import InvalidRequest

MOST_TAGS = 10_000
"""Tags that one prompt may come to, those of wildcards and repetitions included."""
MOST_CHARACTERS = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptWorld:
    """Names that tags use. ``wildcard`` returns the lines of a list, ``preset`` the parameters of a title."""

    wildcards: Sequence[str] = ()
    wildcard: Callable[[str], Sequence[str]] = lambda name: ()
    loras: Sequence[str] = ()
    triggers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Trigger phrases of LoRAs by the LoRAs' names."""
    embeddings: Sequence[str] = ()
    preset: Callable[[str], Mapping[str, Any] | None] = lambda title: None


@dataclass(slots=True, kw_only=True)
class Filling:
    """One prompt being evaluated. ``parameters`` are those that its tags set."""

    world: PromptWorld
    chance: random.Random
    variables: dict[str, str] = field(default_factory=dict[str, str])
    macros: dict[str, str] = field(default_factory=dict[str, str])
    negative: str = ""
    """The negative prompt, not evaluated, as the tags before have left it."""
    parameters: dict[str, Any] = field(default_factory=dict[str, Any])
    used: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """Names that tags used, by kind: ``wildcards``, ``embeddings``, ``loras``, ``presets``."""
    warnings: list[str] = field(default_factory=list[str])
    tags: int = 0
    characters: int = 0

    def warn(self, text: str) -> None:
        """Note a warning, each text once."""
        if text not in self.warnings:
            self.warnings.append(text)

    def use(self, kind: str, name: str) -> None:
        """Note that a name was used."""
        names = self.used.setdefault(kind, [])
        if name not in names:
            names.append(name)

    def count(self, characters: int) -> None:
        """Count one tag and the characters it became. Raises InvalidRequest beyond the bounds."""
        self.tags += 1
        self.characters += characters
        if self.tags > MOST_TAGS or self.characters > MOST_CHARACTERS:
            raise InvalidRequest("Invalid value for parameter Prompt: its tags come to too much text")
