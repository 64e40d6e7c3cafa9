"""Requests per minute and at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.contract.errors import TooManyJobs
from sdapi.http.access.quota import Quota


def clock(*times: float) -> Iterator[float]:
    return iter(times)


def test_a_window_slides() -> None:
    times = clock(0.0, 30.0, 45.0, 60.0)
    quota = Quota(per_minute=2, clock=lambda: next(times))
    quota.spend()
    quota.spend()
    with pytest.raises(TooManyJobs) as refused:
        quota.spend()
    assert 15 <= refused.value.retry_after <= 17
    quota.spend()
    assert list(quota.times) == [30.0, 60.0]


def test_at_once_is_limited_and_a_refusal_costs_nothing() -> None:
    quota = Quota(per_minute=2, concurrent=1)
    quota.enter()
    with pytest.raises(TooManyJobs):
        quota.enter()
    quota.leave()
    quota.enter()
    assert (quota.running, len(quota.times)) == (1, 2)


def test_without_limits_all_is_admitted() -> None:
    quota = Quota()
    for _ in range(1000):
        quota.enter()
    assert quota.running == 1000
