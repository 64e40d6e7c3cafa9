"""Requests in work by session: counted for a status, found for an interrupt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Pictures of a session: not there yet, loading a model, waiting for an engine, being drawn."""

    waiting_gens: int = 0
    loading_models: int = 0
    waiting_backends: int = 0
    live_gens: int = 0

    def plus(self, other: Counts) -> Counts:
        """Add the counts of two requests."""
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
        """Note a request that begins."""
        self._runs.append(run)

    def remove(self, run: Running) -> None:
        """Forget a request that is over."""
        self._runs.remove(run)

    def of_session(self, session_id: str) -> list[Running]:
        """Return the requests of one session."""
        return [run for run in self._runs if run.session_id == session_id]

    def of_client(self, client: str) -> list[Running]:
        """Return the requests of all sessions of one caller."""
        return [run for run in self._runs if run.client == client]


def total(runs: Iterable[Running]) -> Counts:
    """Add up the counts of several requests."""
    counts = Counts()
    for run in runs:
        counts = counts.plus(run.counts())
    return counts
