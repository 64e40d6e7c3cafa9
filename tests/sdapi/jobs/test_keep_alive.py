"""``keep_alive`` of requests and of the command line."""

from __future__ import annotations

import pytest

from sdapi.jobs.keep_alive import parse_keep_alive
from tests.sdapi.conftest import MakeServer


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (0, 0),
        (-1, -1),
        (-5.5, -1),
        (12.5, 12.5),
        ("30", 30),
        ("90s", 90),
        ("1.5m", 90),
        ("2h", 7200),
        ("-1", -1),
    ],
)
def test_seconds_and_durations(value: object, seconds: float) -> None:
    assert parse_keep_alive(value) == seconds


@pytest.mark.parametrize(
    "value", ["", "soon", "5 days", True, [1], float("nan"), float("inf"), 10**12, "1e5"]
)
def test_anything_else_names_the_field(value: object, make_server: MakeServer) -> None:
    with pytest.raises(ValueError, match="must be"):
        parse_keep_alive(value)
    if value == value and value != float("inf"):
        answer = make_server().client.post("/sdapi/v1/txt2img", json={"keep_alive": value})
        assert answer.status_code == 422
        assert "keep_alive" in answer.json()["errors"]


def test_the_job_carries_the_wish(make_server: MakeServer) -> None:
    server = make_server()
    answer = server.client.post("/sdapi/v1/txt2img", json={"keep_alive": "10m"})
    assert answer.json()["warnings"] == []
    assert server.jobs.generation.keep_alive == 600
    server.client.post("/sdapi/v1/txt2img", json={"keep_alive": None})
    assert server.jobs.generation.keep_alive is None
