"""The root page, and addresses that clients probe."""

from __future__ import annotations

import pytest

from tests.sdapi.conftest import MakeServer, Server


def test_browsers_get_a_page_and_programs_a_line(server: Server) -> None:
    page = server.client.get("/", headers={"Accept": "text/html,*/*"})
    assert page.headers["content-type"].startswith("text/html")
    line = server.client.get("/", headers={"Accept": "*/*"})
    assert line.headers["content-type"].startswith("text/plain")
    assert "/sdapi/v1" in line.text
    assert server.client.head("/").status_code == 200


def test_documentation_is_below_the_prefix(make_server: MakeServer) -> None:
    client = make_server(subpath="sd").client
    assert '"/sd/' in client.get("/docs").text
    answer = client.get("/redoc")
    assert (answer.status_code, answer.headers["location"]) == (307, "/sd/docs")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("page.js", "text/javascript"), ("swagger-ui.css", "text/css"), ("page.css", "text/css")],
)
def test_files_of_the_pages_have_their_types(name: str, kind: str, server: Server) -> None:
    answer = server.client.get(f"/static/{name}")
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, kind)


@pytest.mark.parametrize("name", ["index.html", "nothing.js", "..%2fpages.py", "swagger"])
def test_nothing_else_is_served(name: str, server: Server) -> None:
    assert server.client.get(f"/static/{name}").status_code == 404


def test_probes_of_the_ui_answer(server: Server) -> None:
    ids = {server.client.get("/app_id").json()["app_id"] for _ in range(2)}
    assert len(ids) == 1
    answers = [server.client.get(path).json() for path in ("/user", "/login_check", "/startup-events")]
    assert answers == [None, None, True]
    assert server.client.get("/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_the_queues_length_is_that_of_waiting_jobs(server: Server) -> None:
    server.jobs.waiting = ("a", "b")
    assert server.client.get("/queue/status").json() == {
        "msg": "estimation",
        "rank": None,
        "queue_size": 2,
        "avg_event_process_time": None,
        "avg_event_concurrent_process_time": None,
        "rank_eta": None,
        "queue_eta": 0,
    }
