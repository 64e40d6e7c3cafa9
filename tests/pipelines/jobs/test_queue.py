"""The queue's order: priority, turns between clients, arrival."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.jobs.queue import JobQueue, Waiting


def fill(queue: JobQueue, *jobs: tuple[str, str, int]) -> None:
    """Push jobs of (id, client, priority) in this order."""
    for sequence, (job_id, client, priority) in enumerate(jobs):
        queue.push(Waiting(id=job_id, sequence=sequence, client=client, priority=priority))


def drain(queue: JobQueue) -> list[str]:
    """Take out all jobs and return their ids in order."""
    taken: list[str] = []
    while (job := queue.pop()) is not None:
        taken.append(job.id)
    return taken


def test_one_client_is_served_in_order_of_arrival() -> None:
    queue = JobQueue()
    fill(queue, *((name, "", 0) for name in "abcde"))
    assert drain(queue) == list("abcde")


def test_clients_take_turns() -> None:
    queue = JobQueue()
    fill(
        queue, ("a1", "a", 0), ("a2", "a", 0), ("a3", "a", 0), ("b1", "b", 0), ("b2", "b", 0), ("c1", "c", 0)
    )
    assert drain(queue) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_a_newcomer_does_not_wait_for_all_of_another() -> None:
    queue = JobQueue()
    fill(queue, *((f"a{k}", "a", 0) for k in range(5)))
    assert [job.id for job in (queue.pop(), queue.pop()) if job] == ["a0", "a1"]
    queue.push(Waiting(id="b", sequence=9, client="b"))
    assert drain(queue) == ["b", "a2", "a3", "a4"]


def test_priority_goes_first() -> None:
    queue = JobQueue()
    fill(queue, ("low", "a", -1), ("normal", "a", 0), ("high", "b", 5), ("high too", "b", 5))
    assert drain(queue) == ["high", "high too", "normal", "low"]


def test_a_job_that_comes_back_goes_first() -> None:
    queue = JobQueue()
    fill(queue, ("a", "x", 0), ("b", "x", 0), ("c", "y", 0))
    job = queue.pop()
    assert job is not None
    queue.push(job, first=True)
    assert drain(queue)[0] == "a"


def test_positions_count_who_goes_before() -> None:
    queue = JobQueue()
    fill(queue, ("a", "x", 0), ("b", "x", 0), ("c", "y", 0))
    assert [queue.position(name) for name in ("a", "c", "b", "z")] == [0, 1, 2, None]


def test_takes_the_first_that_is_wanted() -> None:
    queue = JobQueue()
    fill(queue, ("a", "", 0), ("b", "", 0), ("c", "", 0))
    job = queue.pop(lambda job: job.id != "a")
    assert job is not None
    assert (job.id, drain(queue)) == ("b", ["a", "c"])


def test_refuses_a_job_twice() -> None:
    queue = JobQueue()
    fill(queue, ("a", "", 0))
    with pytest.raises(ValueError, match="waits already"):
        fill(queue, ("a", "", 0))


def test_cancelled_jobs_cost_no_turns() -> None:
    queue = JobQueue()
    fill(queue, ("a0", "a", 0), ("a1", "a", 0), ("a2", "a", 0))
    assert all(queue.remove(name) for name in ("a0", "a1", "a2"))
    assert not queue.remove("a0")
    queue.push(Waiting(id="a3", sequence=7, client="a"))
    queue.push(Waiting(id="b0", sequence=8, client="b"))
    assert drain(queue) == ["a3", "b0"]


@given(clients=st.lists(st.sampled_from("abc"), max_size=30))
def test_nobody_is_two_turns_ahead(clients: list[str]) -> None:
    queue = JobQueue()
    fill(queue, *((f"{client}{k}", client, 0) for k, client in enumerate(clients)))
    taken = drain(queue)
    assert sorted(taken) == sorted(f"{client}{k}" for k, client in enumerate(clients))
    for end in range(len(taken)):
        served = [name[0] for name in taken[:end]]
        waiting = {name[0] for name in taken[end:]}
        counts = [served.count(client) for client in waiting]
        assert not counts or max(served.count(client) for client in set(served) | waiting) - min(counts) <= 1
