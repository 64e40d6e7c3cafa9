"""Sessions are easy to get, known after a restart, and refused where no server issued them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.extensions.swarmui.conftest import MakeClient, SwarmClient
from tests.sdapi.http.access.test_keys import bearer, entry

STALE = "0" * 40


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"session_id": ""}', b'{"session_id": "%s"}' % STALE.encode()]
)
@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "text/plain", ""])
def test_anybody_gets_one(body: bytes, kind: str, client: SwarmClient) -> None:
    answer = client.http.post(
        "/API/GetNewSession", content=body, headers={"Content-Type": kind} if kind else {}
    )
    assert answer.status_code == 200
    found = answer.json()
    assert set(found) == set(
        "session_id user_id output_append_user version server_id count_running permissions".split()
    )
    assert (len(found["session_id"]), found["user_id"], found["permissions"]) == (40, "local", ["*"])
    assert client.http.get("/api/getnewsession?x=1").json()["server_id"] == found["server_id"]


def test_it_outlives_a_restart(make_client: MakeClient) -> None:
    first, second = make_client(), make_client()
    second.session = first.session
    assert second.ask("GetCurrentStatus")["status"]["live_gens"] == 0
    ids = {client.http.post("/API/GetNewSession").json()["server_id"] for client in (first, second)}
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (b'{"session_id": "%s"}' % STALE.encode(), 401, "invalid_session_id"),
        (b'{"session_id": "x"}', 401, "invalid_session_id"),
        (b'{"session_id": ""}', 401, "invalid_session_id"),
        (b'{"session_id": 7}', 400, "basic_api"),
        (b"{}", 400, "basic_api"),
        (b"", 400, "basic_api"),
        (b"[]", 400, "basic_api"),
        (b"null", 400, "basic_api"),
        (b"{", 400, "basic_api"),
        (b"\xff", 400, "basic_api"),
    ],
)
def test_others_are_refused(content: bytes, status: int, told: str, client: SwarmClient) -> None:
    for route in ("GetCurrentStatus", "GenerateText2Image", "ListImages"):
        answer = client.http.post(f"/API/{route}", content=content)
        assert (answer.status_code, answer.json()["error_id"]) == (status, told), route


def test_a_header_or_the_query_names_it_too(client: SwarmClient) -> None:
    named = {"X-Session-ID": client.session}
    assert client.http.post("/API/GetCurrentStatus", json={}, headers=named).status_code == 200
    assert client.http.get("/API/GetCurrentStatus", params={"session_id": client.session}).status_code == 200


def test_nobody_is_impersonated(client: SwarmClient) -> None:
    assert client.ask("GetNewSession", impersonateUser="root")["error_id"] == "bad_impersonate"
    assert "session_id" in client.ask("GetNewSession", impersonateUser=None)


def test_keys_have_sessions_pictures_and_rights_of_their_own(make_client: MakeClient, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    rows = [
        entry("read", role="reader"),
        entry("one"),
        entry("two", concurrent=1),
        entry("boss", role="admin"),
    ]
    path.write_text(json.dumps({"keys": rows}))
    client = make_client(api_keys=str(path))
    assert client.http.post("/API/GetNewSession", json={}).json()["error_id"] == "bad_permissions"
    users = {
        name: SwarmClient(client.http, client.jobs, client.data, bearer(name))
        for name in ("read", "one", "two", "boss")
    }
    for user in users.values():
        user.new_session()
    one, two, boss = users["one"], users["two"], users["boss"]
    (image,) = one.draw()["images"]
    assert len(two.draw(images=3)["images"]) == 3
    assert (len(one.files()), len(two.files())) == (1, 3)
    assert one.http.get(f"/{image}", headers=bearer("one")).status_code == 200
    assert one.http.get(f"/{image}", headers=bearer("two")).json()["error_id"] == "invalid_user"
    assert one.http.get(f"/{image}", headers=bearer("boss")).status_code == 200
    stolen = one.http.post("/API/ListImages", json={"session_id": two.session}, headers=bearer("one"))
    assert stolen.json()["error_id"] == "invalid_session_id"
    for name, route in (("read", "GenerateText2Image"), ("read", "DeleteImage"), ("one", "OpenImageFolder")):
        answer = client.http.post(
            f"/API/{route}", json={"session_id": users[name].session}, headers=bearer(name)
        )
        assert (answer.status_code, answer.json()["error_id"]) == (400, "bad_permissions")
    assert "cannot open" in boss.ask("OpenImageFolder", path="x.png")["error"]
    assert [sender.client for sender in client.jobs.senders] == ["key:one", *["key:two"] * 3]


def test_sessions_take_turns(client: SwarmClient) -> None:
    client.draw()
    client.new_session()
    client.draw()
    assert len({sender.client for sender in client.jobs.senders}) == 2
