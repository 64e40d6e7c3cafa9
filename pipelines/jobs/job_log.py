"""A line in the log for the end of every job."""

from __future__ import annotations

import logging

from pipelines.jobs.events import Happening, JobEvent

log = logging.getLogger("sdapi.jobs")


def log_end(event: JobEvent) -> None:
    """Listen: how a job ended, how long it waited and ran, and how long each stage took."""
    if event.what is not Happening.ENDED:
        return
    job = event.job
    stages = dict(job.progress.seconds)
    data: dict[str, object] = {
        "job": job.id,
        "kind": job.kind,
        "state": str(job.state),
        "waited": round(max((job.started or job.ended) - job.created, 0.0), 3),
        "ran": round(max(job.ended - job.started, 0.0), 3) if job.started else 0.0,
        "stages": stages,
    }
    if job.failure is not None:
        data["error"] = job.failure.kind
    parts = " ".join(f"{name} {seconds:.2f}" for name, seconds in stages.items())
    text = f"job {job.id} ({job.kind}) is {job.state} after {data['ran']} s" + (f": {parts}" if parts else "")
    log.info("%s", text, extra={"data": data})
