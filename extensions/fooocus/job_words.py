"""The labels of Fooocus jobs, and the words by which clients know their types and stages; no torch."""

from __future__ import annotations

from pipelines.plugin import JobState, JobView

TEXT, UPSCALE, INPAINT = "fooocus-text", "fooocus-upscale", "fooocus-inpaint"
PROMPT, ENHANCE = "fooocus-prompt", "fooocus-enhance"
JOB_TYPES = {
    TEXT: "Text to Image",
    UPSCALE: "Image Upscale or Variation",
    INPAINT: "Image Inpaint or Outpaint",
    PROMPT: "Image Prompt",
    ENHANCE: "Image Enhancement",
}
NOT_FOUND = "Not Found"
WAITING, RUNNING, SUCCESS, ERROR = "WAITING", "RUNNING", "SUCCESS", "ERROR"
QUEUE_IS_FULL, USER_CANCEL = "QUEUE_IS_FULL", "USER_CANCEL"
STAGES = {
    JobState.QUEUED: WAITING,
    JobState.RUNNING: RUNNING,
    JobState.DONE: SUCCESS,
    JobState.FAILED: ERROR,
    JobState.CANCELLED: ERROR,
}


def is_ours(view: JobView) -> bool:
    """True if a job came through this API."""
    return view.kind in JOB_TYPES
