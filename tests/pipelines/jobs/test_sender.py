"""The owner of a client's jobs."""

from __future__ import annotations

import pytest

from pipelines.jobs.sender import person_of


@pytest.mark.parametrize(
    ("client", "person"), [("key:ann", "key:ann"), ("127.0.0.1", ""), ("", ""), ("a key:ann", "")]
)
def test_only_a_key_of_its_own_makes_an_owner(client: str, person: str) -> None:
    assert person_of(client) == person
