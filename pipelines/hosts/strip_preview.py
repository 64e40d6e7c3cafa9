"""Previews cross the pipe once: taken off where the other side has them, put back there."""

from __future__ import annotations

from dataclasses import replace

from pipelines.contract.progress import Progress


def strip_preview(progress: Progress, sent_id: int | None) -> Progress:
    """Without the picture if the one of this ``preview_id`` was sent."""
    return replace(progress, preview=None) if progress.preview_id == sent_id else progress


def restore_preview(progress: Progress, before: Progress) -> Progress:
    """With the picture that came before, if this is still the one meant."""
    if progress.preview is None and progress.preview_id == before.preview_id:
        return replace(progress, preview=before.preview)
    return progress
