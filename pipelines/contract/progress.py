"""Where a running job is, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where a running job is. Steps and batches count from 0; ``batch_count`` is -1 while unknown."""

    job: str = ""
    batch: int = 0
    batch_count: int = -1
    step: int = 0
    steps: int = 0
    text: str | None = None
    preview: bytes | None = None
    preview_id: int = 0
    skipped: bool = False
    interrupted: bool = False
    started_at: float = 0.0
    seconds: Mapping[str, float] = field(default_factory=dict[str, float])
    """How long each stage took so far, by its name; those that are over."""
    figures: Mapping[str, float] = field(default_factory=dict[str, float])
    """What the work measures of itself, such as a loss, by name."""
    details: Mapping[str, str] = field(default_factory=dict[str, str])
    """What it tells of itself in words, by name."""

    def without_preview(self, sent_id: int | None) -> Progress:
        """Without the picture if the one of this ``preview_id`` was sent: it crosses a border once."""
        return replace(self, preview=None) if self.preview_id == sent_id else self

    def with_preview_of(self, before: Progress) -> Progress:
        """With the picture that came before, if this is still the one meant."""
        if self.preview is None and self.preview_id == before.preview_id:
            return replace(self, preview=before.preview)
        return self
