"""Who sends a job, and on what terms."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """``client`` takes turns with other clients; a higher ``priority`` goes first.

    ``fingerprint`` is equal for requests that the sender means to be the same, whatever they were resolved
    to; None compares the resolved requests. The end of the job is told to ``webhook``, a URL.
    """

    client: str = ""
    priority: int = 0
    fingerprint: str | None = None
    webhook: str = ""


ANYBODY = Sender()
