"""Pictures are served by their addresses, and nothing else is."""

from __future__ import annotations

from tests.extensions.swarmui.conftest import SwarmClient


def test_pictures_are_served_and_nothing_else(client: SwarmClient) -> None:
    (address,) = client.draw(prompt="a b%c")["images"]
    for url in (f"/{address.replace('%', '%25')}", f"/{address.replace('%', '%25').replace(' ', '%20')}"):
        answer = client.http.get(url)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, max-age=30")
    path = address.removeprefix("View/local/").replace("%", "%25")
    assert client.http.get(f"/Output/{path}").content == answer.content  # pyright: ignore[reportPossiblyUnboundVariable]
    assert client.http.get(f"/Output/View/local/{path}").status_code == 200
    small = client.http.get(f"/View/local/{path}?preview=true")
    assert small.headers["content-type"] == "image/jpeg"
    assert client.http.head(f"/View/local/{path}").headers["content-type"] == "image/png"
    part = client.http.get(f"/View/local/{path}", headers={"Range": "bytes=0-7"})
    assert (part.status_code, part.content[1:4]) == (206, b"PNG")
    for url, told in (
        ("/View/local/nothing.png", "file_not_found"),
        ("/View/local/%2e%2e/%2e%2e/swarmui.sqlite", "bad_path"),
        ("/View/..%2f/swarmui.sqlite", "invalid_user"),
        ("/View/nobody/x.png", "file_not_found"),
        ("/Output/raw", "file_not_found"),
        ("/Output/raw/.hidden.png", "file_not_found"),
        (f"/Output/{'x' * 300}.png", "bad_path"),
    ):
        assert client.http.get(url).json().get("error_id") == told, url
