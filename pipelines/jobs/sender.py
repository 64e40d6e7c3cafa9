"""The sender of a job: the client, and the terms on which its job is taken."""

from __future__ import annotations

from dataclasses import dataclass

PERSON = "key:"
"""Beginning of the names of clients that have a key of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """``client`` takes turns with other clients; a higher ``priority`` goes first.

    ``fingerprint`` is equal for requests that the sender means to be the same, whatever they were resolved
    to; None compares the resolved requests. ``webhook`` is a URL that is called when the job ends.
    ``concurrent`` bounds the jobs of the client that wait or run.
    """

    client: str = ""
    priority: int = 0
    fingerprint: str | None = None
    webhook: str = ""
    concurrent: int | None = None


ANYBODY = Sender()


def person_of(client: str) -> str:
    """Return the owner of a client's jobs: itself if it has a key, else "", which all without a key share."""
    return client if client.startswith(PERSON) else ""
