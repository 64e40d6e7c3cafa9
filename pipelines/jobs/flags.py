"""What clients asked of a running job, as its progress shows it: A1111's two flags."""

from __future__ import annotations

from dataclasses import replace

from pipelines.contract.control import Action
from pipelines.contract.progress import Progress


def flagged(progress: Progress, action: Action) -> Progress:
    """The progress of a job that was asked to end early, or to end its batch."""
    if action is Action.INTERRUPT:
        return replace(progress, interrupted=True)
    return replace(progress, skipped=True) if action is Action.SKIP else progress


def kept_flags(progress: Progress, before: Progress) -> Progress:
    """News of a job: an interrupt shows until the next job starts, a skip until the next batch does."""
    skipped = before.skipped and before.batch == progress.batch
    return replace(progress, interrupted=before.interrupted, skipped=skipped)
