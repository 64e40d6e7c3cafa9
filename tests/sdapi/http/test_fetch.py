"""Pictures from URLs: off by default, public addresses only, no redirects, a cap on size."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sdapi.http.errors import ApiError
from sdapi.http.fetch import FetchPolicy, fetch
from tests.sdapi.fakes import png

LOCAL = FetchPolicy(enabled=True, public_only=False, seconds=5, max_bytes=10_000)


class _Pictures(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """A picture, a redirect, or too much."""
        self.send_response(302 if self.path == "/moved" else 200)
        self.send_header("Location", "/a.png")
        self.end_headers()
        self.wfile.write(b"x" * 100_000 if self.path == "/large" else png())

    def log_message(self, format: str, *args: object) -> None:
        """Keep the request log empty."""


@pytest.fixture
def site() -> Iterator[str]:
    """A web server on this machine."""
    with HTTPServer(("127.0.0.1", 0), _Pictures) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def detail(url: str, policy: FetchPolicy) -> str:
    """The reason for which a URL is refused."""
    with pytest.raises(ApiError) as caught:
        await fetch(url, policy, field="image")
    assert caught.value.status_code == 422
    assert caught.value.field == "image"
    return str(caught.value.detail)


async def test_off_by_default() -> None:
    assert await detail("http://example.com/a.png", FetchPolicy()) == "Requests not allowed"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "0"]
)
async def test_local_addresses_are_refused(host: str) -> None:
    assert (
        await detail(f"http://{host}/a.png", FetchPolicy(enabled=True))
        == "Request to local resource not allowed"
    )


@pytest.mark.parametrize(
    "url", ["http:///a.png", "http://x:99999/", "http://[::1/", "http://no.such.invalid/"]
)
async def test_broken_urls_are_refused(url: str) -> None:
    assert await detail(url, FetchPolicy(enabled=True)) == "Request to local resource not allowed"


async def test_pictures_come_through(site: str) -> None:
    assert await fetch(f"{site}/a.png?x=1", LOCAL, field="image") == png()


@pytest.mark.parametrize("path", ["/moved", "/large"])
async def test_redirects_and_floods_are_refused(site: str, path: str) -> None:
    assert await detail(site + path, LOCAL) == "Invalid image url"


async def test_nobody_listens() -> None:
    assert await detail("http://127.0.0.1:1/a.png", LOCAL) == "Invalid image url"
