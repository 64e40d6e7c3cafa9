"""Requests in work are found by session and by caller, and their counts add up."""

from __future__ import annotations

from dataclasses import dataclass

from extensions.swarmui.runs.registry import Counts, RunRegistry, total


@dataclass(slots=True, kw_only=True)
class CountedRun:
    """A request in work that has a session, a caller and one count."""

    session_id: str
    client: str = ""
    live: int = 1

    def counts(self) -> Counts:
        return Counts(live_gens=self.live, waiting_gens=2)

    async def interrupt(self) -> None:
        raise NotImplementedError


def test_sessions_and_callers_have_their_own() -> None:
    registry = RunRegistry()
    one, two, other = (
        CountedRun(session_id="A", client="key:a"),
        CountedRun(session_id="B", client="key:a"),
        CountedRun(session_id="C", client="key:b"),
    )
    for run in (one, two, other):
        registry.add(run)
    assert registry.of_session("A") == [one]
    assert registry.of_client("key:a") == [one, two]
    assert registry.of_session("a") == registry.of_client("") == []
    registry.remove(one)
    assert registry.of_client("key:a") == [two]


def test_counts_add_up_one_by_one() -> None:
    left = Counts(waiting_gens=1, loading_models=2, waiting_backends=3, live_gens=4)
    right = Counts(waiting_gens=10, loading_models=20, waiting_backends=30, live_gens=40)
    assert left.plus(right) == Counts(waiting_gens=11, loading_models=22, waiting_backends=33, live_gens=44)
    runs = (CountedRun(session_id="A", live=3), CountedRun(session_id="A", live=4))
    assert total(runs) == Counts(waiting_gens=4, live_gens=7)
    assert total(()) == Counts()
