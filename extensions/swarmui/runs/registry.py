"""What sessions have in work: counted for their status, found for their interrupts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Pictures of a session: asked for and not there yet, waiting for an engine, loading, being drawn."""

    waiting_gens: int = 0
    loading_models: int = 0
    waiting_backends: int = 0
    live_gens: int = 0

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(
            waiting_gens=self.waiting_gens + other.waiting_gens,
            loading_models=self.loading_models + other.loading_models,
            waiting_backends=self.waiting_backends + other.waiting_backends,
            live_gens=self.live_gens + other.live_gens,
        )


class Running(Protocol):
    """A request being carried out."""

    @property
    def session_id(self) -> str: ...

    @property
    def client(self) -> str: ...

    def counts(self) -> Counts: ...

    async def interrupt(self) -> None:
        """Give up what waits and what runs."""
        ...


class RunRegistry:
    """Requests in work, of all sessions."""

    def __init__(self) -> None:
        self._runs: list[Running] = []

    def add(self, run: Running) -> None:
        """A request begins."""
        self._runs.append(run)

    def remove(self, run: Running) -> None:
        """A request is over."""
        self._runs.remove(run)

    def of_session(self, session_id: str) -> list[Running]:
        """Those of one session."""
        return [run for run in self._runs if run.session_id == session_id]

    def of_client(self, client: str) -> list[Running]:
        """Those of all sessions of one caller."""
        return [run for run in self._runs if run.client == client]


def total(runs: Iterable[Running]) -> Counts:
    """What all of them come to."""
    counts = Counts()
    for run in runs:
        counts = counts.plus(run.counts())
    return counts
