"""A1111's two flags in the progress of a job: a client has interrupted it, or has skipped its batch."""

from __future__ import annotations

from dataclasses import replace

from pipelines.contract.control import Action
from pipelines.contract.progress import Progress


def flagged(progress: Progress, action: Action) -> Progress:
    """Return the progress of a job that was asked to end early, or to end its batch."""
    if action is Action.INTERRUPT:
        return replace(progress, interrupted=True)
    return replace(progress, skipped=True) if action is Action.SKIP else progress


def kept_flags(progress: Progress, before: Progress) -> Progress:
    """Return new progress with the old flags: an interrupt stays, a skip does until the next batch."""
    skipped = before.skipped and before.batch == progress.batch
    return replace(progress, interrupted=before.interrupted, skipped=skipped)
