"""Who sends a job, and on what terms."""

from __future__ import annotations

from dataclasses import dataclass

PERSON = "key:"
"""What the name of a client that came with a key of its own begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """``client`` takes turns with other clients; a higher ``priority`` goes first.

    ``fingerprint`` is equal for requests that the sender means to be the same, whatever they were resolved
    to; None compares the resolved requests. The end of the job is told to ``webhook``, a URL.
    ``concurrent`` bounds the jobs of the client that wait or run.
    """

    client: str = ""
    priority: int = 0
    fingerprint: str | None = None
    webhook: str = ""
    concurrent: int | None = None


ANYBODY = Sender()


def person_of(client: str) -> str:
    """Whose jobs those of a client are; empty for everybody's, which clients without a key share."""
    return client if client.startswith(PERSON) else ""
