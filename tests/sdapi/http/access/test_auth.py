"""Users of ``--api-auth`` pass with HTTP Basic, and nobody else."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from sdapi.http.access.auth import User, read_users
from tests.sdapi.conftest import MakeServer

ROUTES = [
    "/",
    "/docs",
    "/openapi.json",
    "/sdapi/v1/loras",
    "/sdapi/v1/options",
    "/internal/ping",
    "/sd_extra_networks/metadata",
    "/controlnet/version",
    "/nope",
]


def basic(text: str | bytes) -> dict[str, str]:
    """A header with these credentials."""
    raw = text.encode() if isinstance(text, str) else text
    return {"Authorization": f"Basic {base64.b64encode(raw).decode()}"}


@pytest.mark.parametrize("path", ROUTES)
def test_every_route_asks_for_credentials(make_server: MakeServer, path: str) -> None:
    server = make_server(api_auth="me:secret,you:other")
    answer = server.client.get(path)
    assert answer.status_code == 401
    assert answer.json() == {
        "error": "HTTPException",
        "detail": "Not authenticated",
        "body": "",
        "errors": "",
    }
    assert answer.headers["www-authenticate"] == "Basic"
    assert server.client.get(path, headers=basic("you:other")).status_code != 401


@pytest.mark.parametrize(
    ("headers", "detail"),
    [
        ({"Authorization": "Bearer x"}, "Not authenticated"),
        ({"Authorization": "Basic"}, "Invalid authentication credentials"),
        ({"Authorization": "Basic ?"}, "Invalid authentication credentials"),
        (basic("nobody"), "Invalid authentication credentials"),
        (basic("mé:secret"), "Invalid authentication credentials"),
        (basic("me:wrong"), "Incorrect username or password"),
        (basic(":"), "Incorrect username or password"),
    ],
)
def test_refusals(make_server: MakeServer, headers: dict[str, str], detail: str) -> None:
    answer = make_server(api_auth="me:secret").client.get("/sdapi/v1/samplers", headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (401, detail)


def test_preflight_needs_no_credentials(make_server: MakeServer) -> None:
    server = make_server(api_auth="me:secret", cors_allow_origins="http://a")
    headers = {"Origin": "http://a", "Access-Control-Request-Method": "POST"}
    assert server.client.options("/sdapi/v1/txt2img", headers=headers).status_code == 200


def test_users_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "users"
    path.write_text("a:1\nb:2, c:3\n")
    assert [user.name for user in read_users(f"@{path}")] == ["a", "b", "c"]


@pytest.mark.parametrize("text", ["nocolon", "a:b:c", "a:b,c"])
def test_bad_entries_show_no_password(text: str) -> None:
    with pytest.raises(ValueError, match=r"--api-auth: entry \d") as caught:
        read_users(text)
    assert text not in str(caught.value)


def test_passwords_are_not_shown() -> None:
    assert "secret" not in repr(User(name="me", password="secret"))


def test_credentials_are_not_in_cmd_flags(make_server: MakeServer) -> None:
    server = make_server(api_auth="me:secret", gradio_auth="x:hidden")
    answer = server.client.get("/sdapi/v1/cmd-flags", headers=basic("me:secret"))
    assert "secret" not in answer.text
    assert "hidden" not in answer.text
