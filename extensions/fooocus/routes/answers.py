"""Answers to clients: the list of pictures, the job, the queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from extensions.fooocus.job_words import (
    ERROR,
    JOB_TYPES,
    NOT_FOUND,
    QUEUE_IS_FULL,
    STAGES,
    SUCCESS,
    USER_CANCEL,
)
from extensions.fooocus.kinds import FooocusResult
from extensions.fooocus.routes.links import link_to
from pipelines.plugin import JobState, JobView
from sdapi.plugin import encode_base64, fraction, picture_type

FINISHED, MISSING = "Finished", "Job not found"
BEFORE, SAMPLING = 15, 85
"""Percent that count for preparing and for drawing."""


class GeneratedImage(BaseModel):
    """One picture of an answer; ``warnings`` is there when something was ignored or replaced."""

    base64: str | None
    url: str | None
    seed: str
    finish_reason: str
    warnings: list[str] | None = None
    error: str | None = None


class AsyncJob(BaseModel):
    """A job as it is now."""

    job_id: str
    job_type: str
    job_stage: str
    job_progress: int
    job_status: str | None
    job_step_preview: str | None
    job_result: list[GeneratedImage] | None
    warnings: list[str] | None = None


class QueueSizes(BaseModel):
    """The number of jobs that wait or run, and that of those that ended."""

    running_size: int
    finished_size: int
    last_job_id: str | None


class JobHistoryItem(BaseModel):
    """A job in the history; times are milliseconds since the epoch, 0 for never."""

    job_id: str
    in_queue_mills: int
    start_mills: int
    finish_mills: int
    is_finished: bool


class JobHistory(BaseModel):
    """Waiting and running jobs, and those that ended."""

    queue: list[JobHistoryItem]
    history: list[JobHistoryItem]


class StopResult(BaseModel):
    """The answer to a stop, which always succeeds."""

    msg: str


class AllModels(BaseModel):
    """Names of checkpoint and LoRA files."""

    model_filenames: list[str]
    lora_filenames: list[str]


class Description(BaseModel):
    """A picture in words."""

    describe: str


class Acknowledgement(BaseModel):
    """An answer of one word."""

    message: str


def nothing(reason: str, error: str = "") -> dict[str, Any]:
    """The item in place of pictures that weren't made."""
    item: dict[str, Any] = {"base64": None, "url": None, "seed": "", "finish_reason": reason}
    return {**item, "error": error} if error else item


def picture_items(result: FooocusResult, warnings: Sequence[str] = ()) -> list[dict[str, Any]]:
    """One item for every picture."""
    told = {"warnings": list(warnings)} if warnings else {}
    return [
        {
            "base64": data_url(image) if result.base64 else None,
            "url": link_to(file, result.address),
            "seed": str(seed),
            "finish_reason": SUCCESS,
            **told,
        }
        for image, file, seed in zip(result.images, result.files, result.seeds, strict=True)
    ]


def data_url(image: bytes) -> str:
    """A picture as browsers take it."""
    return f"data:{picture_type(image)};base64,{encode_base64(image)}"


def job_object(
    view: JobView, items: list[dict[str, Any]] | None, preview: str | None, warnings: Sequence[str] = ()
) -> dict[str, Any]:
    """The job as clients poll it."""
    failed = view.state is JobState.FAILED
    result = items
    if view.state is JobState.CANCELLED:
        result = [nothing(USER_CANCEL)]
    elif failed:
        result = [nothing(ERROR, _failure(view))]
    told = {"warnings": list(warnings)} if warnings else {}
    return {
        "job_id": view.id,
        "job_type": JOB_TYPES.get(view.kind, NOT_FOUND),
        "job_stage": STAGES[view.state],
        "job_progress": progress_of(view),
        "job_status": _status(view),
        "job_step_preview": preview,
        "job_result": result,
        **told,
    }


def progress_of(view: JobView) -> int:
    """Progress in whole percent; a running job has 1 before its first step, then more than 15."""
    if view.state is JobState.DONE:
        return 100
    if view.state is not JobState.RUNNING:
        return 0
    share = fraction(view.progress)
    return 1 if share <= 0 else min(100, int(BEFORE + SAMPLING * share))


def _status(view: JobView) -> str | None:
    if view.state is JobState.DONE:
        return FINISHED
    if view.state is JobState.FAILED:
        return _failure(view)
    if view.state is JobState.CANCELLED:
        return "Cancelled"
    if view.state is JobState.QUEUED:
        return None
    progress = view.progress
    if progress.steps <= 0:
        return progress.text or "Preparing task"
    return f"Step {progress.step}/{progress.steps} in the {progress.batch + 1}-th Sampling"


def _failure(view: JobView) -> str:
    return view.failure.message if view.failure is not None else "the job failed"


def full_queue() -> dict[str, Any]:
    """The job that wasn't taken."""
    return _without_job(None, None, [nothing(QUEUE_IS_FULL)])


def unknown_job() -> dict[str, Any]:
    """The job that isn't there."""
    return _without_job(NOT_FOUND, MISSING, None)


def _without_job(kind: str | None, status: str | None, result: list[dict[str, Any]] | None) -> dict[str, Any]:
    return {
        "job_id": "",
        "job_type": kind or JOB_TYPES["fooocus-text"],
        "job_stage": ERROR,
        "job_progress": 0,
        "job_status": status,
        "job_step_preview": None,
        "job_result": result,
    }


def history_item(view: JobView) -> dict[str, Any]:
    """A job in the history."""
    return {
        "job_id": view.id,
        "in_queue_mills": int(view.created * 1000),
        "start_mills": int(view.started * 1000),
        "finish_mills": int(view.ended * 1000),
        "is_finished": view.state.final,
    }
