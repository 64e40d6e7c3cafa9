"""The same request and seed give the picture that A1111 v1.10.1 gave."""

from __future__ import annotations

import httpx
import pytest

from tests.parity.case import Case, faults, load_cases

CASES = load_cases()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_equals_the_recording(server: httpx.Client, case: Case) -> None:
    answer = server.post(case.path, json=case.request)
    assert answer.status_code == case.status, answer.text[:300]
    assert faults(case, answer.json()) == []
