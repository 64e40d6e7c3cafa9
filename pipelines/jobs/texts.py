"""Job ids and other texts from outside, made fit for the store."""

from __future__ import annotations

from pipelines.contract.errors import InvalidRequest

MAX_ID = 256


def check_id(job_id: str) -> str:
    """The id, if it can be kept. Raises InvalidRequest for one that is too long or no proper text."""
    if len(job_id) > MAX_ID:
        raise InvalidRequest(f"a task id has at most {MAX_ID} characters", field="id")
    if storable(job_id) != job_id or "\0" in job_id:
        raise InvalidRequest("a task id must be text", field="id")
    return job_id


def storable(text: str) -> str:
    """A text without lone surrogates, which a database can't keep."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
