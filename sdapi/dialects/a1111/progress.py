"""A job's progress in A1111's numbers and words, and its state dictionary."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from pipelines.contract.progress import Progress
from pipelines.jobs.view import JobView
from sdapi.jobs.progress import elapsed, fraction

IDLE = JobView(id="", active=False)
JOBS: Mapping[str, str] = {
    "txt2img": "scripts_txt2img",
    "img2img": "scripts_img2img",
    "create-embedding": "create_embedding",
    "create-hypernetwork": "create_hypernetwork",
}
"""A1111's names of work by our kinds; a kind without a row has the same name."""
TRAINING = "train-"


def overall(view: JobView, now: float | None = None) -> tuple[float, float]:
    """``(progress, eta_relative)`` of ``/sdapi/v1/progress``: 0.01 is added, and idle is 0, 0."""
    if not view.active:
        return 0.0, 0.0
    raw = 0.01 + fraction(view.progress)
    passed = elapsed(view, now)
    return min(raw, 1.0), passed / raw - passed


def state_object(view: JobView) -> dict[str, Any]:
    """A1111's state dictionary; idle keeps the last job's counters."""
    progress = view.progress
    return {
        "skipped": progress.skipped,
        "interrupted": progress.interrupted,
        "stopping_generation": False,
        "job": job_name(progress) if view.active else "",
        "job_count": progress.batch_count if view.active else 0,
        "job_timestamp": view.timestamp,
        "job_no": progress.batch,
        "sampling_step": progress.step,
        "sampling_steps": progress.steps,
    }


def job_name(progress: Progress) -> str:
    """A1111's name of the work; training has another name until its pictures are read."""
    begins = progress.job.startswith(TRAINING) and progress.batch_count < 0
    return progress.job.replace("-", "_") if begins else JOBS.get(progress.job, progress.job)


def textinfo(progress: Progress) -> str | None:
    """The text for people: a paragraph of HTML after a step of training, else the line as it is."""
    told = progress.details
    if "trains" not in told:
        return progress.text
    lines = (
        f"Loss: {progress.figures['loss']:.7f}",
        f"Step: {int(told['made']) + 1}",  # the original counts one ahead
        f"Last prompt: {html.escape(told['prompt'])}",
        f"Last saved {told['trains']}: {html.escape(told['saved'] or '<none>')}",
        f"Last saved image: {html.escape(told['pictured'] or '<none>')}",
    )
    return "\n<p>\n" + "".join(f"{line}<br/>\n" for line in lines) + "</p>\n"
