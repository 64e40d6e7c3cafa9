"""Ids and texts from outside, fit for a database or refused."""

from __future__ import annotations

import pytest

from pipelines.contract.errors import InvalidRequest
from pipelines.jobs.texts import MAX_ID, check_id, storable


@pytest.mark.parametrize("job_id", ["", "task(1)", "ünïcode", "x" * MAX_ID, "'; DROP TABLE jobs"])
def test_an_id_that_can_be_kept_stays_as_it_is(job_id: str) -> None:
    assert check_id(job_id) == job_id


@pytest.mark.parametrize(
    ("job_id", "text"),
    [("x" * (MAX_ID + 1), "at most 256 characters"), ("a\0b", "must be text"), ("a\ud800", "must be text")],
)
def test_an_id_that_cannot_be_kept_names_its_field(job_id: str, text: str) -> None:
    with pytest.raises(InvalidRequest, match=text) as caught:
        check_id(job_id)
    assert caught.value.field == "id"


def test_lone_surrogates_become_escapes() -> None:
    assert storable("a\ud800b") == "a\\ud800b"
    assert storable("ünïcode 猫") == "ünïcode 猫"
