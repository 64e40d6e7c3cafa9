"""The progress of a running job, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The step, stage and preview of a running job.

    Steps and batches count from 0; ``batch_count`` is -1 while unknown. ``started_at`` is in seconds since
    1970.
    """

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
    """Seconds that each finished stage took, by its name."""
    figures: Mapping[str, float] = field(default_factory=dict[str, float])
    """Numbers that the work measures, such as a loss, by name."""
    details: Mapping[str, str] = field(default_factory=dict[str, str])
    """Texts that the work reports, by name."""

    def without_preview(self, sent_id: int | None) -> Progress:
        """Leave out the picture if the one of ``sent_id`` is the same: it crosses a border once."""
        return replace(self, preview=None) if self.preview_id == sent_id else self

    def with_preview_of(self, before: Progress) -> Progress:
        """Put back the picture that came with ``before``, if this progress means the same."""
        if self.preview is None and self.preview_id == before.preview_id:
            return replace(self, preview=before.preview)
        return self
