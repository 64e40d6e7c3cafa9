"""Flags over HTTP: all of them, secrets masked, with the address."""

from __future__ import annotations

import pytest

from tests.sdapi.conftest import MakeServer


@pytest.mark.parametrize(
    ("flags", "address"),
    [
        ({}, ("127.0.0.1", "7861")),
        ({"listen": True, "port": 7860}, ("0.0.0.0", "7860")),
        ({"server_name": "::1"}, ("::1", "7861")),
    ],
)
def test_flags_tell_the_address(
    make_server: MakeServer, flags: dict[str, object], address: tuple[str, str]
) -> None:
    shown = make_server(**flags).client.get("/sdapi/v1/cmd-flags").json()
    assert (shown["server_name"], shown["port"]) == address
