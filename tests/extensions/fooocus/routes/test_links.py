"""Addresses that links begin with, behind proxies too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request

from extensions.fooocus.routes.links import address_of, link_to


def address(root_path: str = "", configured: str = "", **headers: str) -> str:
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "server": ("10.0.0.1", 7860),
        "path": "/v1/generation/text-to-image",
        "root_path": root_path,
        "query_string": b"",
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    state: Any = SimpleNamespace(config=SimpleNamespace(flags={"fooocus_base_url": configured}))
    return address_of(Request(scope), state)


def test_the_callers_own_address() -> None:
    assert address() == "http://10.0.0.1:7860"
    assert address(host="pictures.example:80") == "http://pictures.example:80"


def test_a_path_that_the_server_is_mounted_at_stays() -> None:
    assert address(root_path="/sd", host="a.example") == "http://a.example/sd"


def test_the_first_proxy_counts() -> None:
    found = address(x_forwarded_proto="HTTPS, http", x_forwarded_host="outer.example, inner", host="x")
    assert found == "https://outer.example"


@pytest.mark.parametrize("host", ["evil.example/path", "a b", "x@y", "<script>", "h" * 256])
def test_a_host_that_is_none_does_not_count(host: str) -> None:
    assert address(x_forwarded_host=host, x_forwarded_proto="gopher", host="a.example") == "http://a.example"


def test_a_configured_address_counts_before_all() -> None:
    assert address(configured="https://cdn/base/", x_forwarded_host="x") == "https://cdn/base"


def test_a_link_is_the_day_and_the_name_quoted() -> None:
    assert link_to("/o/files/2026-01-02/a #1.png", "http://h") == "http://h/files/2026-01-02/a%20%231.png"
